"""A small rulebook on disk, to be made wrong in one place at a time."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "rulebook.toml": "as_of = 2026-01-01\ncovers_from = 2018-01-01\n",
    "facts.toml": """\
[facts.activity]
type = "choice"
choices = ["export", "reexport", "import"]
question = "What is done?"

[facts.to]
type = "country"

[facts.date]
type = "date"

[facts."line.value_usd"]
type = "number"

[facts."line.published"]
type = "boolean"

[facts.conditions_met]
type = "symbols"

[children.listings]
derived_from = ["party"]
fields = { list = "text", role = "role", is_party = "boolean", review_policy = "text" }
""",
    "tables.toml": """\
[country_groups]
keys = ["country", "group"]
known_from = 2017-01-01
cite = "15 CFR 740 Supp. No. 1"
says = "Country Groups."
""",
    "tables/country_groups.csv": """\
country,group,valid_from,valid_until,published,source
CN,D:1,2017-01-01,,,unverified
IR,E:1,2017-01-01,,,unverified
CU,E:1,2021-01-22,,,86 FR 4929
""",
    "instruments.toml": """\
[[instrument]]
id = "61_fr_12714"
citation = "61 FR 12714"
kind = "rule"
title = "The EAR of 1996"
effective = 1996-03-25
published = 1996-03-25
says = "The EAR as they were written anew."

[[instrument]]
id = "84_fr_22961"
citation = "84 FR 22961"
kind = "rule"
title = "Huawei is listed"
effective = 2019-05-16
published = 2019-05-21
says = "Huawei and 68 affiliates join the Entity List."

[[instrument]]
id = "84_fr_23468"
citation = "84 FR 23468"
kind = "rule"
title = "Temporary General License"
effective = 2019-05-20
published = 2019-05-22
says = "A general license for ninety days."
""",
    "announcements.toml": """\
[[announcement]]
id = "osaka_2019"
date = 2019-06-29
speaker = "President of the United States"
said = "Sales to Huawei would go on."
legal_effect = "none"
followed_by = ["84_fr_23468"]

[[announcement.rule]]
id = "as_if_law"
kind = "authorization"
cite = "announcement"
says = "As if the words were law."
grants = "general_license"
lifts = ["entity_list"]

[[announcement.rule.version]]
effective = 2019-06-29
instrument = "osaka_2019"
when = "subject_to_ear"
""",
    "coverage.toml": """\
[[section]]
cite = "15 CFR 744.11"
title = "Entity List"
status = "modelled"
""",
    "rules/734.toml": """\
[[rule]]
id = "ear_transaction"
kind = "scope"
cite = "15 CFR 734.13"
says = "An export or a reexport."

[[rule.version]]
effective = 1996-03-25
instrument = "61 FR 12714"
when = "activity in ('export', 'reexport')"


[[rule]]
id = "subject_to_ear"
kind = "scope"
cite = "15 CFR 734.3"
says = "The item is subject to the EAR."

[[rule.version]]
effective = 1996-03-25
instrument = "61 FR 12714"
when = "ear_transaction and not line.published"
""",
    "rules/744.toml": """\
[[rule]]
id = "entity_list"
kind = "requirement"
cite = "15 CFR 744.11"
says = "A listed party needs a license."
review_policy = "listing.review_policy"
exceptions = "none"

[[rule.version]]
effective = 2019-05-16
published = 2019-05-21
instrument = "84 FR 22961"
when = \"\"\"
subject_to_ear
and any(l.list == 'EL'
        and l.is_party for l in listings)
\"\"\"

[[rule.example]]
on = 2019-05-16
given = { subject_to_ear = true, listings = [ { list = "EL", is_party = true } ] }
is = true
""",
}


def write(folder: Path, **changed: str | bytes) -> Path:
    """The small rulebook in a folder; ``tables__country_groups_csv`` is a file changed."""
    files: dict[str, str | bytes] = dict(FILES)
    for name, text in changed.items():
        files[named(name)] = text
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def named(key: str) -> str:
    """``tables__country_groups_csv`` as ``tables/country_groups.csv``."""
    stem, _, ending = key.replace("__", "/").rpartition("_")
    return f"{stem}.{ending}"


def edit(name: str, old: str, new: str) -> dict[str, str]:
    """One file with one piece of text replaced, as an argument of ``write``."""
    text = FILES[named(name)]
    assert old in text, f"{old!r} is not in {name}"
    return {name: text.replace(old, new, 1)}
