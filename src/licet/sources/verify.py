"""Drift: which rules rest on sections whose official text is no longer the one they were written from.

``section_hashes.toml`` of the rulebook keeps, for each section at hand, the day of its text and a hash
of each paragraph. Newer text is hashed in the same way: white space, typography and markup do not
count. Words that stay printed while stayed do not change when a stay ends, so stays are compared
apart, from the effective date notes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from licet.law.rule import Rule
from licet.law.rulebook import Rulebook
from licet.sources import ecfr, sections
from licet.sources.errors import SourceError
from licet.sources.sections import Section
from licet.sources.tables import read_csv

HASHES = "section_hashes.toml"
_PART = re.compile(r"title-15_part-(\d+)_(\d{4}-\d{2}-\d{2})\.xml")
_CITED = re.compile(
    r"\b(?P<part>\d{3}) Supp\. No\. (?P<supplement>\d+)"
    r"|\b(?P<section>\d{2,3}\.\d+)(?P<paragraph>(?:\([0-9A-Za-z]+\))*)"
)
_HEAD = """\
# The official text from which rules were written: for each section the day of the text, and a hash of
# each paragraph (the first 16 digits of the SHA-256 of its letters). Written by
# `licet law verify --from DIR --record`, after the rules were read against that text.
"""


@dataclass(frozen=True, slots=True)
class ParagraphChange:
    """A paragraph that reads otherwise: changed, added or removed; ``text`` is as now printed."""

    label: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A section whose text or stay changed, and the rules to read again.

    ``rules`` maps each rule to whether it cites a changed paragraph or one around it; the others cite
    the section elsewhere. ``stays`` says which stays began, ended or moved, in words.
    """

    section: str
    since: str
    changed: tuple[ParagraphChange, ...]
    stays: tuple[str, ...]
    rules: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Verification:
    """Drifted sections, sections that read as before, and rules that cannot be verified, with why."""

    as_of: Mapping[str, str]
    drifted: tuple[Drift, ...]
    unchanged: tuple[str, ...]
    not_verifiable: Mapping[str, str]


def read_texts(folder: Path) -> dict[str, tuple[str, tuple[Section, ...]]]:
    """By part, the day and the sections of the newest file ``title-15_part-NNN_DAY.xml``.

    Raises ``SourceError`` when the folder holds none, or a file is not whole.
    """
    newest: dict[str, tuple[str, Path]] = {}
    for path in sorted([*folder.glob("*.xml"), *folder.glob("*/*.xml")]):
        if match := _PART.fullmatch(path.name):
            part, day = match[1], date.fromisoformat(match[2]).isoformat()
            newest[part] = max(newest.get(part, ("", path)), (day, path))
    if not newest:
        raise SourceError(folder, None, "has no file like title-15_part-744_YYYY-MM-DD.xml")
    return {part: (day, read_part(path)) for part, (day, path) in newest.items()}


def read_part(path: Path) -> tuple[Section, ...]:
    """The sections and supplements of one part."""
    root = ecfr.read(path)
    return (*sections.sections(root, path), *sections.supplements(root, path))


def record(texts: Mapping[str, tuple[str, tuple[Section, ...]]]) -> str:
    """``section_hashes.toml`` for these texts: the same texts give the same bytes."""
    lines = [_HEAD]
    for _, (day, found) in sorted(texts.items()):
        for section in found:
            lines.append(f'\n["{section.id}"]\nas_of = {day}\n')
            lines += [f'"{label}" = "{digest}"\n' for label, digest, _ in _labelled(section)]
    return "".join(lines)


def verify(
    book: Rulebook, folder: Path, texts: Mapping[str, tuple[str, tuple[Section, ...]]]
) -> Verification:
    """Compare newer texts with those from which the rules of a rulebook folder were written."""
    kept = _kept(folder)
    live = {name: rule for name, rule in book.rules.items() if _is_law(rule)}
    cited = {name: tuple(_cited(rule)) for name, rule in live.items()}
    found = {section.id: section for _, printed in texts.values() for section in printed}
    before = read_csv(folder / "tables" / "stays.csv")
    drifted, unchanged = [], []
    for name in sorted(kept.keys() & _parts_of(kept, texts)):
        old = dict(kept[name])
        since = str(old.pop("as_of"))
        section = found.get(name)
        changed = (
            tuple(_changed(old, section))
            if section is not None
            else (ParagraphChange("", "removed", ""),)
        )
        day = texts[name[:3]][0]
        stays = (
            tuple(_stay_changes(name, before, section, since, day)) if section is not None else ()
        )
        rules = {
            rule: any(
                _around(paragraph, change.label) for s, paragraph in cites if s == name
                for change in changed
            )
            for rule, cites in cited.items()
            if any(s == name for s, _ in cites)
        }  # fmt: skip
        if changed or stays:
            drifted.append(Drift(name, since, changed, stays, rules))
        else:
            unchanged.append(name)
    for name in sorted(found.keys() - kept.keys()):
        if kept and any(name[:3] == other[:3] for other in kept):
            heading = found[name].heading
            drifted.append(Drift(name, "", (ParagraphChange("", "added", heading),), (), {}))
    at_hand = kept.keys() & found.keys() if texts else kept.keys()
    missing = {}
    for rule, cites in cited.items():
        without = sorted({s for s, _ in cites} - at_hand)
        if not cites:
            missing[rule] = f"cites no section ({live[rule].versions[-1].cite})"
        elif without:
            missing[rule] = "no text at hand of " + ", ".join(without)
    days = {part: day for part, (day, _) in texts.items()}
    return Verification(days, tuple(drifted), tuple(unchanged), missing)


def _kept(folder: Path) -> dict[str, dict[str, object]]:
    path = folder / HASHES
    if not path.exists():
        return {}
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _parts_of(
    kept: Iterable[str], texts: Mapping[str, tuple[str, tuple[Section, ...]]]
) -> set[str]:
    return {name for name in kept if name[:3] in texts}


def _is_law(rule: Rule) -> bool:
    """Whether today's text can still be the rule's: it did not end, and is no overlay."""
    last = rule.versions[-1]
    return rule.assumed is None and not last.ends and last.until is None


def _cited(rule: Rule) -> Iterator[tuple[str, str]]:
    """Section and paragraph of each citation of title 15 in a rule's newest version."""
    for title, rest in re.findall(r"(\d+) CFR (.*?)(?=\d+ CFR |$)", rule.versions[-1].cite):
        if title != "15":
            continue
        for match in _CITED.finditer(rest):
            if match["section"]:
                yield match["section"], match["paragraph"]
            else:
                yield f"{match['part']} Supp. No. {match['supplement']}", ""


def _labelled(section: Section) -> Iterator[tuple[str, str, str]]:
    """A name of its own, the hash and the text of each paragraph."""
    seen: dict[str, int] = {}
    for paragraph in section.paragraphs:
        kind = "" if paragraph.kind == "text" else f" {paragraph.kind}"
        name = f"{paragraph.label}{kind}".strip() or "introduction"
        seen[name] = seen.get(name, 0) + 1
        number = f" {seen[name]}" if seen[name] > 1 else ""
        yield f"{name}{number}", paragraph.sha256[:16], paragraph.text


def _changed(old: Mapping[str, object], section: Section) -> Iterator[ParagraphChange]:
    now = {label: (digest, text) for label, digest, text in _labelled(section)}
    for label, (digest, text) in now.items():
        if label not in old:
            yield ParagraphChange(label, "added", text)
        elif old[label] != digest:
            yield ParagraphChange(label, "changed", text)
    for label in old:
        if label not in now:
            yield ParagraphChange(label, "removed", "")


def _around(cited: str, changed: str) -> bool:
    """Whether a cited paragraph holds the changed one, or stands in it."""
    label = changed.partition(" ")[0]
    return not label.startswith("(") or label.startswith(cited) or cited.startswith(label)


def _stay_changes(
    name: str, before: Sequence[Mapping[str, str]], section: Section, since: str, day: str
) -> Iterator[str]:
    supplement = re.fullmatch(r"(\d+) Supp\. No\. (\d+)", name)
    known_as = f"Supplement No. {supplement[2]} to Part {supplement[1]}" if supplement else name
    old = {
        (row["paragraph"], row["part"]): row["valid_until"]
        for row in before
        if row["section"] == known_as
    }
    now = {(stay.paragraph, stay.part): stay.until.isoformat() for stay in section.stays}
    for where in sorted(old.keys() | now.keys()):
        what = f"{where[0] or 'the supplement'} ({where[1]})"
        was, until = old.get(where, ""), now.get(where, "")
        if was and not until:
            if was > day:
                yield (
                    f"the stay of {what} has ended, though it was to last until {was}: "
                    "its words bind"
                )
            elif was > since:  # before that the rules were read without it
                yield f"the stay of {what} ended on {was}: its words bind"
        elif until and not was:
            yield f"{what} is stayed until {until}: its words are printed and do not bind"
        elif until != was:
            moved = "extended" if until > was else "shortened"
            yield f"the stay of {what} is {moved} from {was} to {until}"
