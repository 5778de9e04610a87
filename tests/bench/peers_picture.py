"""The comparison as a picture: a row for each measure, a dot for each system, the better the further to the right."""

import math
from collections.abc import Mapping, Sequence
from html import escape

from qa.evaluation.risk_picture import COLOURS
from tests.bench.peer_systems import OURS

WIDTH = 760
_ROW, _LEFT, _TOP, _RIGHT, _BOTTOM = 34, 210, 56, 24, 56
_SMALL_DOT, _LARGE_DOT = 5, 8


def draw_comparison(medians: Mapping[str, Mapping[str, float]], rows: Mapping[str, tuple[str, bool]]) -> str:
    """An SVG of how many times as good as the best of the others each system is.

    :param medians: figures greater than 0, by system and measure; ours are among them.
    :param rows: the measures to draw, each with its heading and whether more is better.
    """
    others = [system for system in medians if system != OURS]
    ratios = {}
    for key, (_, more_is_better) in rows.items():
        goodness = {system: figures[key] if more_is_better else 1 / figures[key] for system, figures in medians.items()}
        best = max(goodness[system] for system in others)
        ratios[key] = {system: value / best for system, value in goodness.items()}
    shown = [ratio for row in ratios.values() for ratio in row.values()]
    low, high = math.floor(math.log2(min(shown))), math.ceil(math.log2(max(shown)))
    axis = _Axis(low, max(high, low + 1))
    height = _TOP + _ROW * len(rows) + _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        'font-size="13" role="img">',
        f"<title>{OURS} beside what people would pick instead: how many times as good as the best of those</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_draw_legend([OURS, *others]),
        *axis.draw(height),
    ]
    for number, (key, (heading, _)) in enumerate(rows.items()):
        y = _TOP + _ROW * (number + 0.5)
        label = f'<text x="{_LEFT - 14}" y="{y + 4:.1f}" text-anchor="end" fill="#222222">{escape(heading)}</text>'
        parts.append(label)
        # Ours is drawn last, on top of the others.
        parts += [_draw_dot(axis.x(ratios[key][system]), y, place) for place, system in enumerate(others, start=1)]
        parts.append(_draw_dot(axis.x(ratios[key][OURS]), y, 0))
    return "\n".join([*parts, "</svg>\n"])


class _Axis:
    """A logarithmic axis between two powers of two."""

    def __init__(self, low: int, high: int) -> None:
        self._low = low
        self._high = high

    def x(self, ratio: float) -> float:
        """Where a ratio stands."""
        share = (math.log2(ratio) - self._low) / (self._high - self._low)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def draw(self, height: int) -> list[str]:
        """A line for each power of two, that of the best of the others the darkest, and what they say."""
        bottom = height - _BOTTOM
        lines = []
        for power in range(self._low, self._high + 1):
            x = self.x(2.0**power)
            label = f"{2**power}" if power >= 0 else f"1/{2**-power}"
            colour = "#dddddd" if power else "#444444"
            lines += [
                f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}"/>',
                f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#222222">{label}</text>',
            ]
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        says = "times as good as the best of the others"
        return [*lines, f'<text x="{middle:.1f}" y="{height - 14}" text-anchor="middle" fill="#222222">{says}</text>']


def _draw_legend(systems: Sequence[str]) -> list[str]:
    """The systems' names, in two lines, behind their dots."""
    parts = []
    for place, system in enumerate(systems):
        x, y = 20 + 250 * (place % 3), 18 + 20 * (place // 3)
        parts += [
            _draw_dot(x, y - 4, place),
            f'<text x="{x + 14}" y="{y}" fill="#222222">{escape(system)}</text>',
        ]
    return parts


def _draw_dot(x: float, y: float, place: int) -> str:
    """The dot of a system, the first of which is ours."""
    radius = _SMALL_DOT if place else _LARGE_DOT
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{COLOURS[place % len(COLOURS)]}" fill-opacity="0.8"/>'
