"""Why a listing was found, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from licet.parties.score import Alignment, Pair
from licet.parties.screening import Candidate

_KINDS = {
    "variant": "is another form of",
    "spelling": "is spelled like",
    "sound": "sounds like",
    "script": "is in other letters",
    "initial": "may stand for",
    "joined": "is written together as",
    "acronym": "is short for",
}


def sentence(candidate: Candidate) -> str:
    """What agrees, what differs, and what else speaks for or against it."""
    parts = [words(candidate.alignment)] if candidate.alignment else []
    parts += [one.says for one in candidate.evidence]
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] + "."


def words(alignment: Alignment) -> str:
    """The words of an alignment: those that are the same, those alike, those that only one name has.

    >>> from licet.parties.compare import compare
    >>> words(compare("Huawai Technologies", "Huawei Technologies Co., Ltd."))
    'technology is the same; huawai is spelled like huawei; only the listing has ltd'
    """
    same = [pair.left for pair in alignment.pairs if pair.kind == "same"]
    parts = [f"{_and(same)} {'is' if len(same) == 1 else 'are'} the same"] if same else []
    parts += [_alike(pair) for pair in alignment.pairs if pair.kind != "same"]
    if alignment.left_only:
        parts.append(f"only the name asked has {_and(alignment.left_only)}")
    if alignment.right_only:
        parts.append(f"only the listing has {_and(alignment.right_only)}")
    return "; ".join(parts)


def _alike(pair: Pair) -> str:
    return f"{pair.left} {_KINDS[pair.kind]} {pair.right}"


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
