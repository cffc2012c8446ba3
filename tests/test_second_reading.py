"""A second reading of the law: answers written from the text, before the engine was run on them."""

from __future__ import annotations

import collections
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from licet import as_dict, check
from licet.order import order_from

FOLDER = Path(__file__).parent / "second_reading"
LISTS = ("requirements", "authorizations", "duties", "red_flags", "notices", "scope", "cites")
OUTCOMES = {
    *("not_subject", "no_license_required", "license_exception", "general_license", "licensed"),
    *("license_required", "prohibited", "hold", "needs_information", "permitted"),
}
EXPECTED = {
    *("outcome", "review_policy", "cites", "subject_to_ear", "missing", "duties", "authorization"),
}
READINGS: list[dict[str, Any]] = [
    json.loads(line)
    for file in sorted(FOLDER.glob("orders*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
    if line.strip()
]
DISAGREEMENTS: dict[str, dict[str, Any]] = {
    row["id"]: row
    for row in tomllib.loads((FOLDER / "disagreements.toml").read_text(encoding="utf-8")).get(
        "disagreement", []
    )
}


def many(value: object) -> list[Any]:
    """Several, one or none, as a list."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def plain(text: object) -> str:
    """A citation without spaces and case, for comparison."""
    return re.sub(r"\s+", "", str(text)).lower()


def cites(value: Any) -> Iterator[str]:
    """Every citation that stands in one part of an answer."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("cite", "cites"):
                yield from (plain(cite) for cite in many(inner))
            else:
                yield from cites(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from cites(inner)


def within(section: str, cited: str) -> bool:
    """15 CFR 744.11 holds 15 CFR 744.11(a), and not 744.110."""
    section = plain(section)
    return cited == section or (cited.startswith(section) and not cited[len(section)].isalnum())


def differences(expect: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """Everything in which the engine's answer is not what the text was read to say."""
    out = []

    def differ(what: str, want: object, got: object) -> None:
        out.append(f"{what}: the text says {want}, the engine says {got}")

    if answer["outcome"] not in many(expect["outcome"]):
        differ("outcome", expect["outcome"], answer["outcome"])
    policies = many(expect.get("review_policy"))
    if policies and answer.get("review_policy") not in policies:
        differ("review policy", policies, answer.get("review_policy"))
    found = [cite for key in LISTS for cite in cites(answer.get(key))]
    sections = many(expect.get("cites"))
    if sections and not any(within(section, cite) for section in sections for cite in found):
        differ("citations", f"one of {sections}", sorted(set(found)))
    if "subject_to_ear" in expect and answer.get("subject_to_ear") != expect["subject_to_ear"]:
        differ("subject to the EAR", expect["subject_to_ear"], answer.get("subject_to_ear"))
    symbols = {row.get("symbol") for row in many(answer.get("authorizations"))}
    if "authorization" in expect and expect["authorization"] not in symbols:
        differ("authorization", expect["authorization"], sorted(str(s) for s in symbols))
    asked = [str(row["fact"]) for row in many(answer.get("missing"))]
    names = many(expect.get("missing"))
    if (
        names
        and answer["outcome"] == "needs_information"
        and not any(name in re.split(r"[.\[\]]+", fact) for name in names for fact in asked)
    ):
        differ("missing fact", f"one of {names}", asked)
    for name, want in expect.get("duties", {}).items():
        rows = [row for row in many(answer.get("duties")) if row.get("duty") == name]
        if isinstance(want, str):
            untils = {str(row.get("until")) for row in rows}
            if want not in untils:
                differ(f"duty {name} until", want, sorted(untils))
        elif any(row.get("required") is True for row in rows) is not want:
            differ(f"duty {name}", want, [row.get("required") for row in rows])
    return out


@pytest.mark.parametrize("reading", READINGS, ids=lambda r: str(r["id"]))
def test_every_order_is_valid(reading: dict[str, Any]) -> None:
    order = order_from(reading["order"], source=reading["id"])
    assert order.id == reading["id"]
    assert order.date is not None


def test_readings_are_valid() -> None:
    repeated = collections.Counter(reading["id"] for reading in READINGS)
    assert [key for key, times in repeated.items() if times > 1] == []
    for reading in READINGS:
        assert set(reading) == {"id", "section", "order", "expect", "why", "sure"}, reading["id"]
        assert set(many(reading["expect"]["outcome"])) <= OUTCOMES, reading["id"]
        assert set(reading["expect"]) <= EXPECTED, reading["id"]
        assert reading["sure"] in ("high", "medium", "low"), reading["id"]
        assert reading["why"].endswith("."), reading["id"]


def test_disagreements_are_valid() -> None:
    known = {reading["id"] for reading in READINGS}
    for key, row in DISAGREEMENTS.items():
        assert key in known, f"{key} is no order of the second reading"
        assert row["right"] in ("text", "engine", "open"), key
        assert row["reason"].strip(), key


@pytest.mark.parametrize("reading", READINGS, ids=lambda r: str(r["id"]))
def test_the_engine_reads_the_law_alike(reading: dict[str, Any]) -> None:
    decision = check(order_from(reading["order"], source=reading["id"]))
    found = differences(reading["expect"], json.loads(json.dumps(as_dict(decision), default=str)))
    if known := DISAGREEMENTS.get(reading["id"]):
        assert found, f"{reading['id']} agrees now: remove it from disagreements.toml"
        if known["right"] != "engine":
            pytest.xfail(f"{known['right']}: {known['reason']}")
        return
    assert found == [], f"{reading['why']} (sure: {reading['sure']})"
