"""What a listing covers: its license requirement and review policy, read for one item.

The scopes and policies are those of the ``scope`` and ``review_policy`` columns of ``entity_list.csv``
(Supp. No. 4 to part 744, columns 3 and 4), in the vocabulary that the compiler of that table documents.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from licet.decide.known import Truth
from licet.law.rule import POLICIES
from licet.law.rulebook import Law
from licet.law.table import eccn_prefixes
from licet.order import Line

# Chapters of the Harmonized System from which Supplement No. 7 to part 746 takes its codes; goods of any
# other chapter are outside it.
_SUPPLEMENT_7_CHAPTERS = frozenset({"84", "85", "88", "90"})
# Entries of 2014 to 2016, whose requirement stood in 746.5(a)(1) until June 2024.
_OIL_PROJECT = "when:746.8(a)(4)"


def covers(
    scope: str, line: Line, law: Law, *, oil_project: Truth = None
) -> tuple[Truth, tuple[str, ...]]:
    """Whether a listing's license requirement covers the item, and the facts that settle it.

    The facts are those of the line, and ``end_use.russian_oil_project``, which ``oil_project`` gives.

    ``all``: every item subject to the EAR; ``ccl``: items on the CCL; ``746s7``: items of Supplement No. 7
    to part 746; these are alternatives. ``except:hs CODES`` takes goods out by their HTS code,
    ``when:746.8(a)(4)`` leaves only the oil projects of that section. ``except:question:`` narrows a
    requirement by facts that an order does not state; it is read as if the item were covered.
    """
    parts = scope.split("|")
    answers = [_covers_one(part, line, law) for part in parts if ":" not in part]
    answers += [(False, ())] if not answers else []
    for part in parts:
        if part.startswith("except:hs "):
            out, facts = _among_codes(line, part.removeprefix("except:hs ").split())
            answers = [
                (value, asked) if value is False or out is False
                else (False, ()) if out else (None, (*asked, *facts))
                for value, asked in answers
            ]  # fmt: skip
    if _OIL_PROJECT in parts and oil_project is not True:
        asked = () if oil_project is False else ("end_use.russian_oil_project",)
        answers = [
            (value if value is False else oil_project, (*facts, *asked)) for value, facts in answers
        ]
    if any(value is True for value, _ in answers):
        return True, ()
    if all(value is False for value, _ in answers):
        return False, ()
    open_facts = (fact for value, facts in answers if value is None for fact in facts)
    return None, tuple(dict.fromkeys(open_facts))


@functools.lru_cache(maxsize=256)
def address_scopes(law: Law) -> tuple[str, ...]:
    """The scopes of the entries in force that name an address and nobody (15 CFR 744.16(f))."""
    rows = law.rulebook.tables["entity_list"].every()
    found = {
        row.values["scope"]
        for row in rows
        if row.values.get("kind") == "address" and row.holds(law.on, law.known)
    }
    return tuple(sorted(found))


def _covers_one(scope: str, line: Line, law: Law) -> tuple[Truth, tuple[str, ...]]:
    if scope == "all":
        return True, ()
    if scope == "746s7":
        return _supplement_7(line, law)
    if scope == "ccl" and line.eccn is not None:
        return line.eccn != "EAR99", ()
    return None, ("eccn",)


def _among_codes(line: Line, codes: list[str]) -> tuple[Truth, tuple[str, ...]]:
    """Whether the line's Schedule B number falls under one of the HTS codes."""
    if line.schedule_b is None:
        return None, ("schedule_b",)
    digits = "".join(c for c in line.schedule_b if c.isdigit())
    if any(digits.startswith(code) for code in codes):
        return True, ()
    if any(code.startswith(digits) for code in codes):
        return None, ("schedule_b",)
    return False, ()


def _among(eccn: str, names: list[str]) -> tuple[Truth, tuple[str, ...]]:
    """Whether an ECCN is one of the named references; too short a reference leaves it open."""
    own = set(eccn_prefixes(eccn))
    if any(name in own for name in names):
        return True, ()
    if any(name.startswith(f"{eccn}.") for name in names):
        return None, ("eccn",)
    return False, ()


def _supplement_7(line: Line, law: Law) -> tuple[Truth, tuple[str, ...]]:
    if line.kind in ("software", "technology", "service"):
        return False, ()  # the supplement names commodities by their HTS code
    if line.schedule_b is None:
        return None, ("schedule_b",)
    digits = "".join(c for c in line.schedule_b if c.isdigit())
    if digits[:2] not in _SUPPLEMENT_7_CHAPTERS:
        return False, ()
    if len(digits) < 6:
        return None, ("schedule_b",)
    return law.contains("supplement_7_to_746", (digits[:6],)), ("schedule_b",)


def policy(text: str, line: Line) -> str:
    """The review policy of a listing for the item; the strictest where the facts do not yet say.

    A split policy is an ordered list ``POLICY @ CONDITION|...|POLICY``; the first condition that holds
    decides, the last policy has none.
    """
    open_policies = []
    for part in text.split("|"):
        word, _, condition = part.partition(" @ ")
        holds = True if not condition else _condition_holds(condition.strip(), line)
        if holds is not False:
            open_policies.append(word.strip())
        if holds is True:
            break
    return max(open_policies, key=lambda word: POLICIES.index(word) if word in POLICIES else 9)


def _condition_holds(condition: str, line: Line) -> Truth:
    negative = condition.startswith("not ")
    kind, *names = condition.removeprefix("not ").split()
    value: Truth = None
    if line.eccn is not None:
        if kind == "eccn":
            value, _ = _among(line.eccn, names)
        elif kind == "ear99":
            value = line.eccn == "EAR99"
        elif kind == "ccl":
            value = line.eccn != "EAR99"
        elif kind == "food_medicine" and line.eccn != "EAR99":
            value = False  # food and medicine are EAR99
    return value if value is None or not negative else not value


def under(paragraph: str, prefixes: Sequence[str]) -> Truth:
    """Whether a paragraph falls under one of the prefixes; none given: the whole entry is meant."""
    if not prefixes:
        return True
    if any(paragraph == p or paragraph.startswith(f"{p}.") for p in prefixes):
        return True
    if any(not paragraph or p.startswith(f"{paragraph}.") for p in prefixes):
        return None  # a deeper paragraph is needed
    return False
