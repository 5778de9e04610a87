"""The risk–coverage curve and its picture."""

import re
from xml.etree import ElementTree

import pytest

from qa.evaluation.metrics import risk_coverage
from qa.evaluation.risk_picture import HEIGHT, WIDTH, draw_curves


def test_the_curve_counts_the_wrong_among_the_surest() -> None:
    curve = risk_coverage([0.2, 0.9, 0.6, 0.4], [False, True, True, False])
    assert curve == [(0.25, 0.0), (0.5, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]


def test_questions_of_equal_confidence_are_answered_together() -> None:
    assert risk_coverage([0.5, 0.5, 0.1], [False, True, True]) == [
        (pytest.approx(2 / 3), 0.5),
        (1.0, pytest.approx(1 / 3)),
    ]
    assert risk_coverage([], []) == []


def test_the_picture_has_a_line_for_each_set_within_its_frame_and_escapes_names() -> None:
    root = ElementTree.fromstring(draw_curves({"one": [(0.5, 0.0), (1.0, 1.0)], "<b>&": [(1.0, 0.5)]}))
    lines = root.findall("{*}polyline")
    assert len(lines) == 2
    numbers = [tuple(map(float, pair.split(","))) for line in lines for pair in line.attrib["points"].split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in numbers)
    assert numbers[0][0] < numbers[1][0]  # more coverage further right
    assert numbers[0][1] > numbers[1][1]  # more risk further up
    assert any(re.fullmatch("<b>&", element.text or "") for element in root.findall("{*}text"))
