"""Private rules: letters of BIS that bind one addressee, and a house's own rules, beside the public law.

BIS may inform a person that a license is required for what the public text leaves free ("is informed":
15 CFR 744.2(b), 744.3(b), 744.4(b), 744.6(c), 744.9(b), 744.11(c), 744.17(b), 744.21(b), 744.22(b), 744.23(b)).
Such a letter binds its addressee and nobody else, so it cannot stand in the public rulebook. A folder holds it:

* ``private.toml``: ``prefix``, with which every id begins, and ``addressee``, whom the rules bind;
* ``letters.toml``: the letters, as ``[[instrument]]``;
* ``parties.csv``, where a letter names parties: screened as the list ``PRIVATE``;
* any other ``.toml`` file: rules, in the language of public rules.

Private rules may add requirements, prohibitions, duties, red flags and notices. They may not loosen: an
authorization is refused when the folder is read, and no public rule can name a private one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import replace
from pathlib import Path

from licet.law.checks import check_rules, dependencies, evaluation_order
from licet.law.errors import Place, RulebookError
from licet.law.history_files import read_instruments
from licet.law.rule import Rule
from licet.law.rule_files import RuleText, only_keys, read_rule, read_toml, rule_texts
from licet.law.rulebook import Private, Rulebook, table_keys, with_table
from licet.law.table import Schema

ABOUT, LETTERS, PARTIES = "private.toml", "letters.toml", "parties.csv"
LIST = "PRIVATE"
"""The code of the list that ``parties.csv`` makes: ``l.list == 'PRIVATE'``."""
# What may be added. An authorization would lift; a review rule would speak for BIS in every application.
KINDS = ("requirement", "prohibition", "duty", "red_flag", "notice", "scope")
_LOOSENS = ("lifts", "grants", "symbol")


def with_private_rules(rulebook: Rulebook, folder: Path | str) -> Rulebook:
    """The rulebook with the private rules of a folder beside its own; mirrors ``licet check --rules FOLDER``.

    The id of the new rulebook is a hash of the public one and of the folder, so that a decision tells under
    which letters it was made. Raises ``RulebookError`` with file and line for a rule that would loosen the
    public law, an id without the prefix or already taken, and whatever else makes a rule file wrong;
    ``OSError`` where the folder cannot be read.
    """
    place = Path(folder)
    files = {
        path.relative_to(place).as_posix(): _text(path)
        for path in sorted(place.rglob("*"))
        if path.suffix in (".toml", ".csv") and not path.name.startswith((".", "_"))
    }
    private = _about(files, place)
    instruments = read_instruments(files.get(LETTERS, ""), LETTERS)
    for identity in instruments:
        _begins(identity, private, Place(LETTERS), "instrument")
    book = _with_parties(rulebook, files)
    texts: list[RuleText] = []
    for name, text in files.items():
        if name.endswith(".toml") and name not in (ABOUT, LETTERS):
            texts += rule_texts(text, name)
    _refuse_strangers(files)
    for entry in texts:
        _may_only_add(entry, private)
    _twice(texts, rulebook)
    names = book.vocabulary.names(
        frozenset(book.rules) | {entry.id for entry in texts}, table_keys(book)
    )
    own = {entry.id: replace(read_rule(entry, names), private=private.addressee) for entry in texts}
    all_rules: dict[str, Rule] = {**book.rules, **own}
    citations = {i.citation for i in (*book.instruments.values(), *instruments.values())}
    known = citations | set(book.instruments) | set(instruments) | set(book.announcements)
    check_rules(own, book.vocabulary, known, among=all_rules)
    rules = {name: all_rules[name] for name in evaluation_order(all_rules)}
    content = hashlib.sha256(book.id.encode())
    for name in sorted(files):
        content.update(f"\0{name}\0{len(files[name])}\0{files[name]}".encode())
    return replace(
        book,
        id=f"{rulebook.id}+{content.hexdigest()[:8]}",
        rules=rules,
        instruments={**book.instruments, **instruments},
        dependencies=dependencies(rules),
        private=(*book.private, private),
        _laws={},
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RulebookError(Place(path.name), f"is not UTF-8: {error.reason}") from None


def _about(files: dict[str, str], folder: Path) -> Private:
    if ABOUT not in files:
        if not folder.is_dir():
            raise RulebookError(Place(str(folder)), "is no folder of private rules")
        raise RulebookError(
            Place(ABOUT),
            f'is missing from {folder}; it says prefix = "acme" (ids begin with acme_) and '
            'addressee = "Acme Corp.", whom the rules bind',
        )
    data = read_toml(files[ABOUT], ABOUT)
    only_keys(data, ("prefix", "addressee"), "", "private.toml", Place(ABOUT))
    prefix, addressee = data.get("prefix"), data.get("addressee")
    if not isinstance(prefix, str) or not re.fullmatch(r"[a-z][a-z0-9]{1,19}", prefix):
        raise RulebookError(
            Place(ABOUT),
            f"prefix is {prefix!r}; 2 to 20 small letters and digits are asked, such as 'acme'",
        )
    if not isinstance(addressee, str) or not addressee.strip():
        raise RulebookError(Place(ABOUT), "addressee is missing: whom do these rules bind?")
    return Private(prefix, addressee.strip(), str(folder))


def _begins(identity: str, private: Private, place: Place, what: str) -> None:
    if not identity.startswith(f"{private.prefix}_"):
        raise RulebookError(
            place,
            f"{what} id {identity!r} does not begin with {private.prefix}_, the prefix of {ABOUT}; "
            f"write {private.prefix}_{identity}",
        )


def _may_only_add(entry: RuleText, private: Private) -> None:
    place = Place(entry.file, entry.line)
    _begins(entry.id, private, place, "rule")
    kind = entry.data.get("kind")
    versions = entry.data.get("version")
    parts = [entry.data, *(versions if isinstance(versions, list) else [])]
    loosens = [key for key in _LOOSENS for part in parts if isinstance(part, dict) and key in part]
    if kind == "authorization" or loosens:
        found = f"kind {kind!r}" if kind == "authorization" else f"{loosens[0]} = ..."
        raise RulebookError(
            place,
            f"rule {entry.id}: found {found}; a private rule may only add to the public law and never lift "
            "what it requires. State a license in the order ([license]), an exception in conditions_met",
        )
    if kind not in KINDS:
        raise RulebookError(
            place, f"rule {entry.id}: kind is {kind!r}; a private rule may be: {', '.join(KINDS)}"
        )


def _twice(texts: list[RuleText], rulebook: Rulebook) -> None:
    seen: dict[str, str] = {
        name: f"{rule.file}:{rule.line}" for name, rule in rulebook.rules.items()
    }
    for entry in texts:
        if entry.id in seen:
            raise RulebookError(
                Place(entry.file, entry.line),
                f"rule id {entry.id!r} is used twice; first in {seen[entry.id]}",
            )
        seen[entry.id] = f"{entry.file}:{entry.line}"


def _refuse_strangers(files: dict[str, str]) -> None:
    """A table that nobody reads would be a rule that nobody applies."""
    for name in files:
        if name.endswith(".csv") and name != PARTIES:
            raise RulebookError(
                Place(name), f"is not read; parties that a letter names stand in {PARTIES}"
            )


def _with_parties(rulebook: Rulebook, files: dict[str, str]) -> Rulebook:
    if PARTIES not in files:
        return rulebook
    if PARTIES_TABLE in rulebook.tables:
        raise RulebookError(
            Place(PARTIES), "another folder has brought parties already; join the two lists"
        )
    schema = Schema(
        PARTIES_TABLE, PARTIES, ("id",), frozenset(), dt.date(1900, 1, 1), False, True, True,
        "letter", "Parties that private rules name",
    )  # fmt: skip
    found = with_table(rulebook, schema, files[PARTIES])
    for row in found.tables[PARTIES_TABLE].every():
        for column in ("name", "aliases", "addresses", "country", "kind"):
            if column not in row.values:
                raise RulebookError(
                    Place(PARTIES),
                    f"column {column!r} is missing; the columns are id, name, aliases and addresses "
                    "(joined by |), country, kind (name), valid_from, valid_until, published, source",
                )
    return found


PARTIES_TABLE = "private_parties"

__all__ = ["KINDS", "LIST", "PARTIES_TABLE", "Private", "with_private_rules"]
