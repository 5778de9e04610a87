"""How much is read."""

import pytest

from index import Scope
from qa.reading.rerank_depth import count_reread, find_rerank_depth
from tests.oracle import NumpyView, Weighing


class Holding(NumpyView):
    """A view that says how much it holds."""

    def __init__(self, held: int) -> None:
        super().__init__([], Weighing(smooth=False, k1=1.2, within_scope=False))
        self._held = held

    def count(self, scope: Scope, at_most: int) -> int:
        """As it was told."""
        return min(self._held, at_most)


@pytest.mark.parametrize(
    ("held", "read"), [(0, 16), (42, 16), (64, 16), (100, 20), (400, 40), (576, 48), (1_000_000, 48)]
)
def test_more_is_read_of_a_long_talk_up_to_a_limit(held: int, read: int) -> None:
    assert find_rerank_depth(Holding(held), Scope()) == read


@pytest.mark.parametrize(
    ("scores", "again"),
    [
        ([], 0),
        ([1.0, 0.0], 2),
        ([5.0, 1.0, 0.0, 0.0, 0.0, 0.0], 4),
        ([5.0, 4.9, 4.5, 4.0, 3.6, 3.5, 3.4, 3.0], 6),
        ([0.0] * 48, 16),
    ],
)
def test_what_comes_near_the_best_is_read_again(scores: list[float], again: int) -> None:
    assert count_reread(scores) == again
