"""The rulebook: every rule, table, instrument and announcement, and the law that they make on a day."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from licet.law import versions
from licet.law.checks import check_rules, dependencies, evaluation_order
from licet.law.condition import Condition
from licet.law.errors import Place, RulebookError
from licet.law.history_files import read_announcements, read_instruments
from licet.law.instrument import Announcement, Instrument
from licet.law.parsing import parse
from licet.law.rule import Rule, Stay, Version
from licet.law.rule_files import RuleText, only_keys, read_rule, read_toml, rule_texts
from licet.law.table import Schema, Table, read_table
from licet.law.vocabulary import Vocabulary, read_vocabulary


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule with the version that is in force."""

    rule: Rule
    version: Version


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the regulations and whether the rulebook models it.

    ``bears`` says when a section that is not modelled could matter to an order.
    """

    cite: str
    title: str
    status: str
    note: str
    bears: Condition | None


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """The law in force on a day, as known on a day, with the announcements that are assumed."""

    on: dt.date
    known: dt.date | None
    assume: tuple[str, ...]
    rules: Mapping[str, InForce]
    """Rules in force and not stayed, in an order in which each follows those that it names."""
    stayed: tuple[tuple[Rule, Stay], ...]
    rulebook: Rulebook

    def contains(self, table: str, keys: Sequence[str | None]) -> bool | None:
        """Whether a dated table has a row with these keys on the day; None where that is unknown."""
        return self.rulebook.tables[table].contains(keys, self.on, self.known)


@dataclass(frozen=True, slots=True)
class Private:
    """A folder of private rules: whom they bind, and with what their ids begin."""

    prefix: str
    addressee: str
    folder: str


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """All law that a program knows; its ``id`` is a hash of its content."""

    id: str
    as_of: dt.date
    """The last day up to which the rulebook was brought up to date."""
    covers_from: dt.date
    """Before this day the rulebook says nothing."""
    rules: Mapping[str, Rule]
    tables: Mapping[str, Table]
    instruments: Mapping[str, Instrument]
    announcements: Mapping[str, Announcement]
    vocabulary: Vocabulary
    sections: tuple[Section, ...]
    dependencies: Mapping[str, frozenset[str]]
    """Rule to the facts and collections on which it rests, also through other rules."""
    private: tuple[Private, ...] = ()
    """Folders of private rules that were added to the public law."""
    _laws: dict[object, Law] = field(default_factory=dict, repr=False, compare=False)

    def law(self, on: dt.date, *, known: dt.date | None = None, assume: Sequence[str] = ()) -> Law:
        """The law in force on a day as known on a day (None: as known today).

        ``assume`` names announcements whose overlays take part, as if they were law. Raises ``ValueError``
        for an announcement that does not exist.
        """
        key = (on, known, tuple(assume))
        if key not in self._laws:
            for name in assume:
                if name not in self.announcements:
                    known_names = ", ".join(self.announcements)
                    raise ValueError(f"no announcement {name!r}; there are: {known_names}")
            if len(self._laws) > 4096:  # an order book may span many days; keep memory bounded
                self._laws.clear()
            self._laws[key] = self._law(on, known, tuple(assume))
        return self._laws[key]

    def _law(self, on: dt.date, known: dt.date | None, assume: tuple[str, ...]) -> Law:
        live: dict[str, InForce] = {}
        stayed = []
        for rule in self.rules.values():
            if rule.assumed is not None and rule.assumed not in assume:
                continue
            version = rule.version(on, known)
            if version is None:
                continue
            stay = rule.stayed(on, known)
            if stay is not None:
                stayed.append((rule, stay))
            else:
                live[rule.id] = InForce(rule, version)
        return Law(on, known, assume, live, tuple(stayed), self)

    def instrument(self, citation: str) -> Instrument | None:
        """An instrument by its citation or id."""
        if citation in self.instruments:
            return self.instruments[citation]
        return next((i for i in self.instruments.values() if i.citation == citation), None)


def packaged() -> Traversable:
    """The folder of the rulebook that comes with the program."""
    return resources.files("licet") / "rulebook"


@functools.cache
def default_rulebook() -> Rulebook:
    """The rulebook in use, loaded once: the newest that ``licet law update`` switched to, else the packaged.

    Raises ``RulebookError`` where the version in use was compiled beside another packaged rulebook than
    today's: to go back to older lists silently, or to keep older rules, could permit what is prohibited.
    """
    current = versions.in_use()
    if current is None:
        return load(packaged(), lazily=True)
    if current.base != identity(packaged()):
        raise RulebookError(
            Place("version.json"),
            f"law version {current.name} was made beside another packaged rulebook than the one that "
            "came with this program; run licet law update, or licet law update --use packaged",
        )
    book = load(current.rulebook, lazily=True)
    if book.id != current.id:
        raise RulebookError(
            Place("version.json"),
            f"the files of law version {current.name} are no longer those that were checked; run "
            "licet law update, or licet law update --use packaged",
        )
    return book


def identity(folder: Traversable | Path) -> str:
    """The id of the rulebook in a folder: a hash of the names and contents of its files."""
    return _identity(dict(_files(folder, "")))


def _identity(files: Mapping[str, str]) -> str:
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\0{len(files[name])}\0{files[name]}".encode())
    return found.hexdigest()[:16]


def load(folder: Traversable | Path, *, lazily: bool = False) -> Rulebook:
    """A rulebook from its folder.

    ``lazily`` reads each table when it is first used: for folders whose tables were checked before, the
    packaged one by the tests and a version by the update that made it.

    Raises ``RulebookError`` with file, line and column at the first thing that is wrong: a condition that
    leaves the language, a rule that is named and does not exist, a table row that is malformed.
    """
    files = dict(_files(folder, ""))
    about = read_toml(_one(files, "rulebook.toml"), "rulebook.toml")
    vocabulary = read_vocabulary(read_toml(_one(files, "facts.toml"), "facts.toml"), "facts.toml")  # type: ignore[arg-type]
    tables = _tables(files)
    if not lazily:
        for name in tables:
            tables[name]
    instruments = read_instruments(_one(files, "instruments.toml"), "instruments.toml")
    announcements, overlays = read_announcements(
        _one(files, "announcements.toml"), "announcements.toml", instruments
    )
    texts: list[RuleText] = []
    for name in sorted(files):
        if name.startswith("rules/") and name.endswith(".toml"):
            texts += rule_texts(files[name], name)
    texts += overlays
    seen: dict[str, RuleText] = {}
    for entry in texts:
        if entry.id in seen:
            first = seen[entry.id]
            raise RulebookError(
                Place(entry.file, entry.line),
                f"rule id {entry.id!r} is used twice; first in {first.file}:{first.line}",
            )
        seen[entry.id] = entry
    keys = {name: len(tables.schema(name).keys) for name in tables}
    names = vocabulary.names(frozenset(seen), keys)
    unordered = {entry.id: read_rule(entry, names) for entry in texts}
    citations = {i.citation for i in instruments.values()} | set(instruments) | set(announcements)
    check_rules(unordered, vocabulary, citations)
    rules = {name: unordered[name] for name in evaluation_order(unordered)}
    sections = []
    coverage = read_toml(_one(files, "coverage.toml"), "coverage.toml").get("section", [])
    for entry in coverage if isinstance(coverage, list) else []:
        bears = entry.get("bears")
        place = Place("coverage.toml")
        for key in ("cite", "title", "status"):
            if not isinstance(entry.get(key), str):
                raise RulebookError(place, f"{entry.get('cite')}: {key} is missing")
        sections.append(
            Section(
                entry["cite"],
                entry["title"],
                entry["status"],
                entry.get("note", ""),
                parse(bears, names=names, place=place) if bears else None,
            )
        )
    as_of, covers_from = about.get("as_of"), about.get("covers_from")
    if not isinstance(as_of, dt.date) or not isinstance(covers_from, dt.date):
        raise RulebookError(Place("rulebook.toml"), "needs as_of and covers_from, both dates")
    return Rulebook(
        id=_identity(files),
        as_of=as_of,
        covers_from=covers_from,
        rules=rules,
        tables=tables,
        instruments=instruments,
        announcements=announcements,
        vocabulary=vocabulary,
        sections=tuple(sections),
        dependencies=dependencies(rules),
    )


def table_keys(rulebook: Rulebook) -> dict[str, int]:
    """How many key columns each table has, without reading the tables."""
    tables = rulebook.tables
    assert isinstance(tables, _Tables)  # load() makes no other
    return {name: len(tables.schema(name).keys) for name in tables}


def with_table(rulebook: Rulebook, schema: Schema, text: str) -> Rulebook:
    """The rulebook with one table more, read at once; ``RulebookError`` where it is malformed."""
    tables = rulebook.tables
    assert isinstance(tables, _Tables)
    return replace(rulebook, tables=tables.also(schema, read_table(schema, text)), _laws={})


def _files(folder: Traversable | Path, prefix: str) -> Iterator[tuple[str, str]]:
    for item in folder.iterdir():
        name = f"{prefix}{item.name}"
        if item.is_dir():
            if not item.name.startswith(("_", ".")):
                yield from _files(item, f"{name}/")
        elif item.name.endswith((".toml", ".csv")):
            try:
                yield name, item.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise RulebookError(Place(name), f"is not UTF-8: {error.reason}") from None


def _one(files: Mapping[str, str], name: str) -> str:
    if name not in files:
        raise RulebookError(Place(name), "is missing from the rulebook")
    return files[name]


_SCHEMA_KEYS = frozenset({
    "file", "keys", "eccn_keys", "known_from", "silent_on_others", "dated", "complete", "cite", "says",
})  # fmt: skip


def _tables(files: Mapping[str, str]) -> _Tables:
    schemas: dict[str, Schema] = {}
    texts: dict[str, str] = {}
    for name, entry in read_toml(_one(files, "tables.toml"), "tables.toml").items():
        if not isinstance(entry, dict):
            raise RulebookError(Place("tables.toml"), f"{name} must be a table [{name}]")
        place = Place("tables.toml")
        only_keys(entry, _SCHEMA_KEYS, f"{name}: ", "a table", place)
        keys, known_from = entry.get("keys"), entry.get("known_from")
        if not isinstance(keys, list) or not keys:
            raise RulebookError(place, f"{name}: keys must be a list of columns; found {keys!r}")
        if not isinstance(known_from, dt.date):
            raise RulebookError(place, f"{name}: known_from must be a date; found {known_from!r}")
        file = f"tables/{entry.get('file', name + '.csv')}"
        schema = Schema(
            name,
            file,
            tuple(keys),
            frozenset(entry.get("eccn_keys", ())),
            known_from,
            bool(entry.get("silent_on_others", False)),
            bool(entry.get("dated", True)),
            bool(entry.get("complete", True)),
            str(entry.get("cite", "")),
            str(entry.get("says", "")),
        )
        schemas[name] = schema
        texts[name] = _one(files, file)
    return _Tables(schemas, texts)


class _Tables(Mapping[str, Table]):
    """Tables by name, each read when it is first used: a third of the time to load a rulebook."""

    def __init__(self, schemas: dict[str, Schema], texts: dict[str, str]) -> None:
        self._schemas, self._texts = schemas, texts
        self._read: dict[str, Table] = {}

    def schema(self, name: str) -> Schema:
        return self._schemas[name]

    def also(self, schema: Schema, table: Table) -> _Tables:
        """These tables and another; what was read already is shared."""
        more = _Tables({**self._schemas, schema.name: schema}, self._texts)
        more._read = {**self._read, schema.name: table}
        return more

    def __getitem__(self, name: str) -> Table:
        table = self._read.get(name)
        if table is None:
            # Two threads may read the same table; they read the same thing.
            table = self._read[name] = read_table(self._schemas[name], self._texts[name])
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)
