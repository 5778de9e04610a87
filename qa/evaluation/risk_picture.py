"""How often answers are wrong, against how many questions are answered at all: a picture of what a threshold costs."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 400
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 20, 170, 50
# Told apart by people with the usual kinds of colour blindness, too (Okabe and Ito, 2008).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555")

Curve = Sequence[tuple[float, float]]


def draw_curves(curves: Mapping[str, Curve]) -> str:
    """An SVG with a line for each of `curves`: pairs of coverage and risk, 0 to 1, by the name of their set."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="13" role="img">',
        "<title>Share of wrong answers against the share of questions answered</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_draw_axes(),
    ]
    for number, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{_x(coverage):.1f},{_y(risk):.1f}" for coverage, risk in curve)
        label_y = _TOP + 16 + 20 * number
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<line x1="{WIDTH - _RIGHT + 12}" y1="{label_y - 4}" x2="{WIDTH - _RIGHT + 32}" y2="{label_y - 4}" '
            f'stroke="{colour}" stroke-width="3"/>',
            f'<text x="{WIDTH - _RIGHT + 38}" y="{label_y}" fill="#222222">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def _draw_axes() -> list[str]:
    lines = []
    for percent in range(0, 101, 20):
        x, y = _x(percent / 100), _y(percent / 100)
        lines += [
            f'<line x1="{_x(0):.1f}" y1="{y:.1f}" x2="{_x(1):.1f}" y2="{y:.1f}" stroke="#dddddd"/>',
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#222222">{percent}%</text>',
            f'<text x="{x:.1f}" y="{HEIGHT - _BOTTOM + 20}" text-anchor="middle" fill="#222222">{percent}%</text>',
        ]
    middle = (_y(0) + _y(1)) / 2
    return [
        *lines,
        f'<text x="{_x(0.5):.1f}" y="{HEIGHT - 10}" text-anchor="middle" fill="#222222">questions answered</text>',
        f'<text x="16" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 16 {middle:.1f})" '
        'fill="#222222">wrong among the answers</text>',
    ]


def _x(coverage: float) -> float:
    return _LEFT + coverage * (WIDTH - _LEFT - _RIGHT)


def _y(risk: float) -> float:
    return _TOP + (1 - risk) * (HEIGHT - _TOP - _BOTTOM)
