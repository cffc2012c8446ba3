"""Which columns of a book may be made alike: those whose values no rule compares with another fact of the
order.

Two countries of which tables and literals say the same are one to the law, until a rule asks whether the item
was made where it goes. Then the country itself counts, and so do names and amounts that are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from licet.decide.marks import Marks, marks_of
from licet.law.rulebook import Rulebook
from licet.order_columns import COLUMNS

_PATHS: Mapping[str, tuple[str, ...]] = {
    "to": ("to",), "from": ("from_",),
    "line.made_in": ("line.made_in",), "line.made_by": ("line.made_by",), "line.designed_by":
    ("line.designed_by",), "line.value_usd": ("line.value_usd", "line.entry_value_usd",
    "line.schedule_b_value_usd"), "line.quantity": ("line.quantity", "line.entry_quantity"),
    "party.country": ("parties.country",), "party.name": ("parties.name",),
    "party.headquarters": ("parties.headquarters", "parties.majority_held_from"),
}  # fmt: skip
"""The facts that each column gives, where it is one whose values are made alike."""


def paths_of(column: str) -> tuple[str, ...]:
    """The facts of a column; of all parties alike.

    >>> paths_of("party2.country")
    ('parties.country',)
    """
    head, dot, name = column.partition(".")
    return _PATHS.get(f"party.{name}" if dot and head.startswith("party") else column, ())


def compared(rulebook: Rulebook, column: str) -> frozenset[str]:
    """The other facts with which some rule compares what a column says.

    >>> from licet.law.rulebook import default_rulebook
    >>> sorted(compared(default_rulebook(), "to"))
    ['shipment.via']
    """
    marks = marks_of(rulebook)
    own = paths_of(column)
    found: set[str] = set()
    for path in own:
        found |= marks[path].facts if path in marks else set()
        found |= {other for other, mark in marks.items() if path in mark.facts}
    return frozenset(found)


def columns_that_say(path: str, columns: Sequence[str]) -> list[str] | None:
    """The columns of a book that give a fact; None where it is made from what we do not see in one column."""
    if path in COLUMNS and path not in _PATHS:
        return [path] if path in columns else []
    for column, facts in _PATHS.items():
        if path in facts:
            name = column.partition(".")[2]
            if column.startswith("party."):
                return [
                    one for one in columns if one[:5] == "party" and one.partition(".")[2] == name
                ]
            return [column] if column in columns else []
    return None


def may_be_alike(
    rulebook: Rulebook, column: str, columns: Sequence[str], *, but: Collection[str] = ()
) -> str:
    """SQL over a row ``b``: whether its value in a column is compared with nothing that the row says.

    ``but``: facts with which it may be compared.
    """
    tests = []
    for path in sorted(compared(rulebook, column) - set(but)):
        beside = columns_that_say(path, columns)
        if beside is None:
            return "FALSE"
        # A cell is always equal to itself; that of a second party is another.
        tests += [f"COALESCE(b.\"{one}\", '[]') = '[]'" for one in beside if one != column]
    return " AND ".join(tests) or "TRUE"


def told_by_name(rulebook: Rulebook, column: str) -> frozenset[str]:
    """Names that rules or tables call by name, so that they are not alike to any other."""
    marks = marks_of(rulebook)
    found: set[str] = set()
    for mark in _marks(marks, column):
        found |= {str(one) for one in mark.literals}
        for table, at in mark.tables:
            found |= {keys[at].removeprefix("!") for keys in rulebook.tables[table].index}
    return frozenset(found)


def _marks(marks: Mapping[str, Marks], column: str) -> Iterable[Marks]:
    return (marks[path] for path in paths_of(column) if path in marks)
