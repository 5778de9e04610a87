"""Whether a stored index and this program fit together; every store refuses with the same words."""

from collections.abc import Collection

from corpus import PASSAGE_RULES
from index.embedding import EmbedderIdentity
from index.errors import IndexIncompatible, IndexNotFound

_BUILD_AGAIN = "build it again with: ontherecord index build"


def not_found(location: str) -> IndexNotFound:
    """The error for a location where no index is."""
    return IndexNotFound(f"no index in {location}; build one with: ontherecord index build FILE… --index {location}")


def check_format(location: str, found: object, expected: object) -> None:
    """Refuse an index whose tables or collections are laid out by another version of this program.

    :raises IndexIncompatible: naming both formats.
    """
    if found != expected:
        raise IndexIncompatible(f"the index in {location} has format {found}, expected {expected}; {_BUILD_AGAIN}")


def check_identity(location: str, built: EmbedderIdentity, passage_rules: str | None, used: EmbedderIdentity) -> None:
    """Refuse an index whose embeddings another embedder made, or whose passages other rules cut.

    :param built: the embedder that the index was built with, and `passage_rules` the rules.
    :param used: the embedder in use.
    :raises IndexIncompatible: naming both.
    """
    if built != used:
        raise IndexIncompatible(
            f"the index in {location} was built with the embedder {built}, but {used} is in use; "
            f"name that embedder with --embedder, or build the index again with: ontherecord index build"
        )
    if passage_rules != PASSAGE_RULES:
        raise IndexIncompatible(
            f"the index in {location} was cut into passages by {passage_rules}, expected {PASSAGE_RULES}; "
            f"{_BUILD_AGAIN}"
        )


def find_dimension(location: str, dimensions: Collection[int]) -> int | None:
    """The one length of all embeddings; None when there are none.

    :param dimensions: the lengths of those that stay and of those to be stored.
    :raises IndexIncompatible: when there are several.
    """
    distinct = sorted(set(dimensions))
    if len(distinct) > 1:
        raise IndexIncompatible(
            f"the index in {location} would hold embeddings of {' and '.join(map(str, distinct))} dimensions, "
            f"expected one number; {_BUILD_AGAIN}"
        )
    return distinct[0] if distinct else None
