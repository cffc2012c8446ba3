"""A maker of telecom parts and its 10,000 open lines, on the days of the story of Huawei; and their chart."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples.telecom_orders import DAYS, LINES, rows, write
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.flips_chart import AGAIN, OTHER, STOPS, Change, changes_of, html, svg
from licet.order_columns import order_of
from licet.replaying import Replay, replay

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    book = tmp_path_factory.mktemp("story") / "orders.csv"
    write(book)
    found = replay(book, on=DAYS)
    yield found
    found.close()


@pytest.fixture(scope="module")
def changes(story: Replay) -> dict[str, Change]:
    told = changes_of(story.days, story.flips, story.rulebook.announcements.values())
    return {one.day.isoformat(): one for one in told}


def test_every_line_is_decided_on_every_day(story: Replay) -> None:
    assert not story.bad
    assert all(sum(counts.values()) == LINES for counts in story.outcomes.values())


def test_what_each_day_of_the_story_did(changes: dict[str, Change]) -> None:
    listing = changes["2019-05-16"]
    assert listing.lines[STOPS] > 1_000
    assert set(listing.instruments) == {"84 FR 22963"}
    license_ = changes["2019-05-20"]
    assert license_.lines[AGAIN] > 100
    assert not license_.lines[STOPS]
    assert set(license_.instruments) == {"84 FR 23468"}
    assert changes["2019-08-19"].instruments.most_common(1)[0][0] == "84 FR 43495"
    assert set(changes["2020-05-15"].instruments) == {"85 FR 29849"}
    end = changes["2020-08-14"]
    assert set(end.lines) == {STOPS}
    assert end.lines[STOPS] > license_.lines[AGAIN], "affiliates of August 2019 had the license too"
    assert {"85 FR 51596", "85 FR 51603"} <= set(changes["2020-08-17"].instruments)


def test_nothing_flips_on_the_day_of_osaka(changes: dict[str, Change]) -> None:
    osaka = changes["2019-06-29"]
    assert not osaka.lines
    assert not osaka.instruments
    assert [one.id for one in osaka.announced] == ["osaka_2019"]


def test_osaka_would_have_flipped_lines_if_it_had_been_law(tmp_path: Path) -> None:
    write(tmp_path / "orders.csv", 300)
    days = [dt.date(2019, 6, 28), dt.date(2019, 6, 29)]
    found = replay(tmp_path / "orders.csv", on=days, assume=["osaka_2019"])
    try:
        assert {one.after for one in found.flips} == {"general_license"}
        assert {one.instruments for one in found.flips} == {("osaka_2019",)}
    finally:
        found.close()


def test_lines_of_the_story_are_decided_as_if_they_were_alone(story: Replay) -> None:
    some = {row["id"]: row for at, row in enumerate(rows()) if at % 400 == 0}
    said = {(one["id"], one["day"]): one["outcome"] for one in story.arrow().to_pylist()}
    for id_, row in some.items():
        for day in DAYS:
            assert said[id_, day] == licet.check(order_of(row), on=day).outcome, (id_, day)


def test_the_chart_says_what_the_numbers_say(changes: dict[str, Change]) -> None:
    told = list(changes.values())
    drawn = ET.fromstring(svg(told, LINES))
    texts = ["".join(one.itertext()) for one in drawn.iter(f"{SVG}text")]
    assert [text for text in texts if text in changes] == list(changes)
    assert texts.count("Nothing flips.") == 1
    assert any(text.startswith("2019-06-29, announced, no law: President") for text in texts)
    bars = Counter(
        float(one.attrib["width"])
        for one in drawn.iter(f"{SVG}rect")
        if one.find(f"{SVG}title") is not None
    )
    assert bars.total() == sum(len(one.lines) for one in told)
    widest = max(one.lines[way] for one in told for way in (STOPS, AGAIN, OTHER))
    longest = max(bars)
    for one in drawn.iter(f"{SVG}rect"):
        title = one.findtext(f"{SVG}title")
        if title is not None:
            lines = int(title.partition(" ")[0].replace(",", ""))
            assert float(one.attrib["width"]) == pytest.approx(
                max(2, longest * lines / widest), abs=0.1
            )


def test_the_page_of_the_chart_keeps_text_text(changes: dict[str, Change]) -> None:
    page = html(list(changes.values()), LINES, title="<b>ours & theirs</b>")
    assert "<b>" not in page
    assert "&lt;b&gt;ours &amp; theirs" in page
    assert page.count("<tr>") == len(changes) + 1


@pytest.mark.parametrize(
    ("days", "chart", "says"),
    [
        (["2019-05-15", "2019-05-16"], "flips.png", "allowed: .svg .html"),
        (["2019-05-15"], "flips.svg", "a flip is between two days"),
        (["2019-05-15", "2019-05-16"], "no/such/folder/flips.svg", "--chart"),
    ],
)
def test_a_chart_that_cannot_be_drawn(
    tmp_path: Path, days: list[str], chart: str, says: str
) -> None:
    write(tmp_path / "orders.csv", 3)
    on = [word for day in days for word in ("--on", day)]
    said = CliRunner().invoke(
        app, ["replay", str(tmp_path / "orders.csv"), *on, "--chart", str(tmp_path / chart)]
    )
    assert said.exit_code == 2
    assert says in said.stderr
