"""Which word pieces the reader keeps: a third of its weights would otherwise be words of scripts it cannot read."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

# With nine layers, this many keep the network under 25 million parameters, which are 50 MB in half precision.
MAX_WORDS = 22_400
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def trim_words(base: Path, texts: Iterable[str], out: Path, max_words: int = MAX_WORDS) -> None:
    """Write the tokenizer `base` to `out` with only the pieces that are most frequent in `texts`.

    Special tokens and single ASCII characters are always kept, so that no English word becomes unknown; ties go to
    the piece that the base has first, which are the more frequent ones.
    """
    description: dict[str, Any] = json.loads(base.read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = description["model"]["vocab"]
    counts = _count_pieces(Tokenizer.from_file(str(base)), texts)
    kept = [token for token in vocabulary if token in SPECIAL or _is_letter(token)]
    others = sorted(vocabulary.keys() - set(kept), key=lambda token: (-counts[vocabulary[token]], vocabulary[token]))
    others = [
        token for token in others if (token.isascii() and not token.startswith("[unused")) or counts[vocabulary[token]]
    ]
    kept = sorted([*kept, *others[: max_words - len(kept)]], key=lambda token: vocabulary[token])
    ids = {token: number for number, token in enumerate(kept)}
    description["model"]["vocab"] = ids
    description["added_tokens"] = [token | {"id": ids[token["content"]]} for token in description["added_tokens"]]
    # The encoder puts the special tokens itself.
    description |= {"post_processor": None, "padding": None, "truncation": None}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")


def find_rows(base: Path, trimmed: Path) -> list[int]:
    """For each id of the trimmed tokenizer, in order, the id that the same piece has in the base."""
    old, new = (Tokenizer.from_file(str(path)).get_vocab() for path in (base, trimmed))
    return [old[token] for token in sorted(new, key=new.__getitem__)]


def _is_letter(token: str) -> bool:
    letter = token.removeprefix("##")
    return len(letter) == 1 and letter.isascii()


def _count_pieces(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    tokenizer.no_padding()
    tokenizer.no_truncation()
    counts = Counter[int]()
    for text in texts:
        counts.update(tokenizer.encode(text, add_special_tokens=False).ids)
    return counts
