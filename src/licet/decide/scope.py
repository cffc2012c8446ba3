"""What a listing covers: its license requirement and review policy, read for one item.

The scopes and policies are those of the ``scope`` and ``review_policy`` columns of ``entity_list.csv``
(Supp. No. 4 to part 744, columns 3 and 4), in the vocabulary that the compiler of that table documents.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence

from licet.decide.known import Truth
from licet.law.rule import POLICIES
from licet.law.rulebook import Law
from licet.law.table import eccn_prefixes
from licet.order import Line


def covers(
    scope: str, line: Line, law: Law, *, purposes: Collection[str] | None = None
) -> tuple[Truth, tuple[str, ...]]:
    """Whether a listing's license requirement covers the item, and the facts that settle it.

    The facts are those of the line, and ``end_use.purposes``, which ``purposes`` gives (None: not stated).

    What a term means is law and stands in the table ``entity_list_scopes``: terms that name items (``all``,
    ``ccl``, ``746s7``) are alternatives, a term with a purpose leaves only what is for it. ``except:hs CODES``
    takes goods out by their HTS code. ``except:question:`` narrows a requirement by facts that an order does
    not state; it is read as if the item were covered.
    """
    answers: list[tuple[Truth, tuple[str, ...]]] = []
    limits: list[tuple[Truth, tuple[str, ...]]] = []
    for term in scope.split("|"):
        if term.startswith("except:hs "):
            out, facts = _among_codes(line, term.removeprefix("except:hs ").split())
            limits.append((None if out is None else not out, facts))
        elif not term.startswith("except:"):
            means = next(law.rulebook.tables["entity_list_scopes"].rows((term,), law.on), None)
            if means is not None and means.values["purpose"]:
                held = None if purposes is None else means.values["purpose"] in purposes
                limits.append((held, ("end_use.purposes",)))
            else:
                answers.append(_names(means.values if means is not None else {}, line, law))
    value, facts = _join(answers, decisive=True)
    return _join([(value, facts), *limits], decisive=False)


def _join(
    answers: Sequence[tuple[Truth, tuple[str, ...]]], *, decisive: bool
) -> tuple[Truth, tuple[str, ...]]:
    """Kleene's ``or`` (decisive: true) or ``and`` (decisive: false), and the facts that are open."""
    if any(value is decisive for value, _ in answers):
        return decisive, ()
    if all(value is (not decisive) for value, _ in answers):
        return not decisive, ()
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


def _names(means: Mapping[str, str], line: Line, law: Law) -> tuple[Truth, tuple[str, ...]]:
    """Whether a term names the item: every item, those on the CCL, or those of a table of HTS codes.

    A term that the law of the day does not have leaves it open.
    """
    items = means.get("items")
    if items == "every":
        return True, ()
    if items == "ccl" and line.eccn is not None:
        return line.eccn != "EAR99", ()
    if items and items in law.rulebook.tables:
        return _coded(items, means["chapters"].split(), line, law)
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


def _coded(
    table: str, chapters: Collection[str], line: Line, law: Law
) -> tuple[Truth, tuple[str, ...]]:
    """Whether a table of goods by six digits of the HTS has the item; it takes from ``chapters`` only."""
    if line.kind in ("software", "technology", "service"):
        return False, ()  # such a table lists commodities
    if line.schedule_b is None:
        return None, ("schedule_b",)
    digits = "".join(c for c in line.schedule_b if c.isdigit())
    if digits[:2] not in chapters:
        return False, ()
    if len(digits) < 6:
        return None, ("schedule_b",)
    return law.contains(table, (digits[:6],)), ("schedule_b",)


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
