"""Countries between which no rule and no table of some laws sees a difference."""

from __future__ import annotations

import re
from collections.abc import Sequence

from licet.decide.marks import marks_of
from licet.law.rulebook import Law, Rulebook


def told_apart(rulebook: Rulebook, laws: Sequence[Law]) -> dict[str, str]:
    """For each country one between which and it no rule or table of the laws sees a difference.

    >>> from datetime import date
    >>> from licet.law.rulebook import default_rulebook
    >>> book = default_rulebook()
    >>> alike = told_apart(book, [book.law(date(2019, 5, 16))])
    >>> alike["TH"] == alike["PH"], alike["TH"] == alike["CN"]
    (True, False)
    """
    words, marks = rulebook.vocabulary, marks_of(rulebook)
    paths = [path for path, fact in words.facts.items() if fact.type in ("country", "countries")]
    for name, children in words.children.items():
        paths += [f"{name}.{part}" for part, kind in children.fields.items() if kind == "country"]
    read = [marks[path] for path in paths if path in marks]
    alone = {str(code) for one in read for code in one.literals}
    # Conditions of list-based exceptions name countries too.
    for row in rulebook.tables["ccl_entries"].every():
        for column in ("lvs_usd", "gbs", "sta"):
            alone |= set(re.findall(r"(?<![A-Z0-9])[A-Z]{2}(?![A-Z0-9:])", row.values[column]))
    said: dict[str, set[object]] = {}
    for table, at in {pair for one in read for pair in one.tables} | {
        ("country_chart", 0),
        ("country_groups", 0),
    }:
        for keys, rows in rulebook.tables[table].index.items():
            code = keys[at].removeprefix("!")
            rest = (*keys[:at], keys[at].startswith("!"), *keys[at + 1 :])
            days = tuple(any(row.holds(law.on, law.known) for row in rows) for law in laws)
            # That a table speaks of a country at all is a difference as well.
            said.setdefault(code, set()).update(
                {(table,), (table, rest, days)} if any(days) else {(table,)}
            )
    first: dict[object, str] = {}
    found = {}
    for row in rulebook.tables["countries"].every():
        code = row.values["code"]
        key = code if code in alone else frozenset(said.get(code, ()))
        found[code] = first.setdefault(key, code)
    return found
