"""The reference pages that are made from the packaged rulebook: tables, outcomes, facts."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import licet
from licet.decision import GO_AHEAD, HOLD, NEEDS_INFORMATION, SCALE
from licet.law.rulebook import packaged
from licet.law.table import Table
from licet.report_words import MEANINGS, OUTCOMES
from licet.sources.tables import parse

_WRITTEN = "This page is written by `docs/make_pages.py` from {}; a test fails while it lags.\n"
_DATED = ("valid_from", "valid_until", "published", "source")


def pages(docs: Path) -> dict[Path, str]:
    """The pages, and how each should read."""
    book = licet.load_rulebook(Path(str(packaged())))
    found = {"tables": _tables(book), "outcomes": _outcomes(), "facts": _facts(book)}
    return {docs / "reference" / f"{name}.md": "\n".join(text) for name, text in found.items()}


def _tables(book: licet.Rulebook) -> Iterator[str]:
    yield "# Tables of the law\n"
    yield _WRITTEN.format("`tables.toml` and the tables themselves")
    yield _paragraph(
        """A table is a file of dated rows. A row holds from `valid_from` until the day before
        `valid_until`, and is known since `published`; `source` says where it is from. A condition asks
        whether a row holds for its keys. Before the first day below, and for what a table is silent on,
        its answer is unknown and never "no"."""
    )
    yield "| table | keys | rows | from | source |\n|---|---|---|---|---|"
    every = sorted(book.tables.items())
    for name, table in every:
        schema = table.schema
        keys = ", ".join(f"`{key}`" for key in schema.keys)
        rows = sum(1 for _ in table.every())
        yield f"| [`{name}`](#{name}) | {keys} | {rows:,} | {_from(table)} | {schema.cite} |"
    for name, table in every:
        schema = table.schema
        columns = _columns(table)
        yield f"\n## {name}\n\n{schema.says} {schema.cite}.\n"
        yield f"* File: `{schema.file}`, {sum(1 for _ in table.every()):,} rows, of days from {_from(table)}."
        yield f"* Keys: {', '.join(f'`{key}`' for key in schema.keys)}{_eccn(schema.eccn_keys)}."
        others = [f"`{one}`" for one in columns if one not in schema.keys]
        if others:
            yield f"* Other columns: {', '.join(others)}."
        if schema.silent_on_others:
            yield f"* It is silent on a `{schema.keys[0]}` that stands in no row: the answer is unknown."
        if not schema.complete:
            yield "* It is not complete: a row that is absent leaves the question open."
    yield ""


def _from(table: Table) -> str:
    return str(table.schema.known_from) if table.schema.dated else "always"


def _eccn(keys: frozenset[str]) -> str:
    named = " and ".join(f"`{key}`" for key in sorted(keys))
    return f"; a row of {named} covers the paragraphs below it" if keys else ""


def _columns(table: Table) -> Sequence[str]:
    path = Path(str(packaged())) / table.schema.file
    columns = parse(path.read_text(encoding="utf-8"))[0]
    return [one for one in columns if one not in _DATED]


def _outcomes() -> Iterator[str]:
    yield "# Outcomes\n"
    yield _WRITTEN.format("the words of the program")
    yield _paragraph(
        """From best to worst. What is further down is worse; where several requirements stand, the worst
        of them is the outcome ([how a decision is
        made](../explanation/architecture.md#from-an-order-to-a-decision))."""
    )
    yield "| | outcome | in a memo | may go ahead | meaning |\n|---|---|---|---|---|"
    order = [*SCALE]
    order.insert(order.index("no_license_required") + 1, "permitted")
    place = 0
    for name in order:
        place += name != "permitted"  # it stands in place of the one before
        yield f"| {place} | `{name}` | {OUTCOMES[name]} | {_may(name)} | {MEANINGS[name]} |"
    yield "\nTwo are not on the scale:\n"
    yield "| outcome | in a memo | may go ahead | meaning |\n|---|---|---|---|"
    for name in (HOLD, NEEDS_INFORMATION):
        yield f"| `{name}` | {OUTCOMES[name]} | {_may(name)} | {MEANINGS[name]} |"
    yield ""


def _may(name: str) -> str:
    return "yes" if name in GO_AHEAD else "no"


def _facts(book: licet.Rulebook) -> Iterator[str]:
    facts, children = book.vocabulary.facts, book.vocabulary.children
    asked = [one for one in facts.values() if one.question]
    derived = [one for one in facts.values() if not one.question]
    yield "# Facts\n"
    yield _WRITTEN.format("`facts.toml`")
    yield _paragraph(
        f"""A rule may name these {len(facts)} facts and no others ([the condition
        language](condition-language.md)). {len(asked)} are asked of people, by the question below;
        {len(derived)} are looked up or computed from those. How an order states them is in [the
        order](order.md)."""
    )
    yield "## Asked\n\n| fact | type | question |\n|---|---|---|"
    for fact in asked:
        yield f"| `{fact.path}` | {_type(fact.type, fact.choices)} | {_cell(fact.question)} |"
    yield "\n## Looked up or computed\n\n| fact | type | from |\n|---|---|---|"
    for fact in derived:
        yield f"| `{fact.path}` | {_type(fact.type, fact.choices)} | {_names(fact.derived_from)} |"
    yield "\n## Collections\n\n`any(... for x in NAME)` and `all(...)` go through these.\n"
    yield "| collection | fields | from |\n|---|---|---|"
    for one in children.values():
        fields = ", ".join(f"`{name}` ({kind})" for name, kind in one.fields.items())
        yield f"| `{one.name}` | {fields} | {_names(one.derived_from)} |"
    yield ""


def _paragraph(text: str) -> str:
    words = " ".join(text.split())
    return textwrap.fill(words, 112, break_long_words=False, break_on_hyphens=False) + "\n"


def _type(kind: str, choices: Sequence[str]) -> str:
    return f"{kind}: {', '.join(f'`{one}`' for one in choices)}" if choices else kind


def _names(paths: Sequence[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
