"""What a reviewer decided about a possible match: it holds for this party and this entry, and no longer."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import licet
from licet import dispositions
from licet.cli import app
from licet.dispositions import Applied, Book, Disposition, DispositionError, Settling, Withdrawal
from licet.dispositions.record import facts_of
from licet.parties.listing import Identifier, ListedName, Listing
from licet.parties.screening import Answer, Query
from licet.screen_lists import of_listings

from . import screen_lists_made_up as made_up

DAY = dt.timedelta(days=1)
TODAY = dt.date.today()
NAMESAKE = Query(name="Ingmar Halvorsen", id="C-7", country="NO")
BY = {"by": "Jane Roe", "reason": "born in 1988, as his passport says"}
EVERYONE = of_listings(made_up.EVERYONE)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LICET_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def settle(query: Query = NAMESAKE, decision: str = "not_listed", **more: Any) -> Disposition:
    return dispositions.add(query, made_up.HALVORSEN, decision, **{**BY, **more})


def now(
    query: Query = NAMESAKE,
    listing: Listing = made_up.HALVORSEN,
    on: dt.date | None = None,
) -> Applied | None:
    return dispositions.applied(query, listing, on=on)


def state(
    query: Query = NAMESAKE, listing: Listing = made_up.HALVORSEN, on: dt.date | None = None
) -> str:
    found = now(query, listing, on)
    return found.state if found else "nobody decided"


def screened(name: str, lists: Any = EVERYONE, **facts: Any) -> Answer:
    answer = licet.screen([{"name": name, **facts}], lists=lists)[0]
    assert not answer.error
    return answer


# --- settled --------------------------------------------------------------------------------------


def test_a_namesake_that_was_settled_is_clear_and_the_answer_says_who_says_so() -> None:
    assert screened("Ingmar Halvorsen", id="C-7", country="NO").verdict == "match"
    settle(expires=TODAY + 365 * DAY)
    answer = screened("Ingmar Halvorsen", id="C-7", country="NO")
    assert answer.verdict == "clear"
    (candidate,) = answer.candidates
    assert candidate.verdict == "clear"
    said = candidate.evidence[-1]
    assert (said.kind, said.effect) == ("disposition", "contradicts")
    assert said.says == (
        f"settled as another by Jane Roe on {TODAY} (no. 1) because born in 1988, as his passport says; "
        f"open again from {TODAY + 365 * DAY}"
    )


def test_a_party_that_was_settled_as_the_listed_one_is_a_match() -> None:
    query = {"name": "Halvorsen Ingolf", "id": "C-9"}
    before = licet.screen([query], lists=EVERYONE, threshold=0.5)[0]
    assert before.verdict != "match"
    settle(Query(name="Halvorsen Ingolf", id="C-9"), "listed", reason="he told us")
    answer = licet.screen([query], lists=EVERYONE, threshold=0.5)[0]
    assert answer.verdict == "match"
    assert answer.candidates[0].evidence[-1].effect == "agrees"


def test_a_true_match_stays_one_where_the_name_alone_would_not_be_found() -> None:
    assert screened("Lindgren Bakery", id="C-9").verdict == "clear"
    settle(Query(name="Lindgren Bakery", id="C-9"), "listed", reason="a front")
    answer = screened("Lindgren Bakery", id="C-9")
    assert answer.verdict == "match"
    assert answer.candidates[0].listing == made_up.HALVORSEN
    delisted = of_listings(made_up.EVERYONE[1:])
    assert screened("Lindgren Bakery", delisted, id="C-9").verdict == "clear"
    changed = of_listings([replace(made_up.HALVORSEN, programs=("OTHER",))])
    answer = screened("Lindgren Bakery", changed, id="C-9")
    assert answer.verdict == "possible"
    assert "open again" in answer.candidates[0].evidence[-1].says


def test_other_candidates_of_a_settled_party_are_still_asked_about() -> None:
    twin = replace(made_up.HALVORSEN, id="9")
    both = of_listings([made_up.HALVORSEN, twin])
    before = screened("Ingmar Halvorsen", both, id="C-7", country="NO")
    settle()
    answer = screened("Ingmar Halvorsen", both, id="C-7", country="NO")
    assert answer.verdict == before.verdict != "clear"
    verdicts = {one.listing.key: one.verdict for one in answer.candidates}
    assert verdicts == {"OWN:1": "clear", "OWN:9": before.candidates[1].verdict}


# --- open again -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "Ingmar A. Halvorsen"}, "name ingmar halvorsen then, ingmar a. halvorsen now"),
        ({"country": "SE"}, "country NO then, SE now"),
        ({"country": ""}, "country NO then, not known now"),
        ({"born": "1961"}, "born not known then, 1961 now"),
        ({"address": "1 Fjord Road"}, "address not known then"),
        ({"kind": "person"}, "kind not known then"),
        (
            {"identifiers": (Identifier("passport", "N 12"),)},
            "numbers not known then, passport N12 now",
        ),
    ],
)
def test_it_is_open_again_when_the_party_is_described_differently(
    change: dict[str, Any], says: str
) -> None:
    settle()
    found = now(replace(NAMESAKE, **change))
    assert found is not None
    assert (found.state, found.verdict) == ("open", None)
    assert "settled as another by Jane Roe" in found.says
    assert says in found.says


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"born": ("1988-01-05",)}, "born - 1961-04-02 + 1988-01-05"),
        ({"names": (ListedName("Ingmar Halvorsen"), ListedName("Halva", "weak"))}, "names + Halva (weak)"),
        ({"programs": ("TEST", "OTHER")}, "programs + OTHER"),
        ({"countries": ()}, "countries - NO"),
    ],
)  # fmt: skip
def test_it_is_open_again_when_the_listing_changes(change: dict[str, Any], says: str) -> None:
    settle()
    found = now(listing=replace(made_up.HALVORSEN, **change))
    assert found is not None
    assert found.state == "open"
    assert f"the listing has changed: {says}" in found.says


def test_how_a_file_is_called_or_a_name_is_spaced_is_no_change() -> None:
    settle()
    assert (
        state(listing=replace(made_up.HALVORSEN, source="another file", url="https://x"))
        == "settled"
    )
    assert state(replace(NAMESAKE, name="  INGMAR   Halvorsen ")) == "settled"


def test_it_is_open_again_from_the_day_it_expires() -> None:
    settle(decided=TODAY - 10 * DAY, expires=TODAY)
    assert state(on=TODAY - DAY) == "settled"
    assert state() == "open"
    found = now()
    assert found is not None
    assert f"that held until {TODAY} only" in found.says


def test_it_holds_from_the_day_it_was_decided() -> None:
    settle(decided=TODAY - 10 * DAY)
    assert state(on=TODAY - 10 * DAY) == "settled"
    assert state(on=TODAY - 11 * DAY) == "open"


def test_withdrawing_opens_it_again_and_erases_nothing(data: Path) -> None:
    number = settle(decided=TODAY - 10 * DAY).number
    dispositions.withdraw(number, by="John Doe", reason="the passport was forged")
    found = now()
    assert found is not None
    assert found.state == "open"
    assert "John Doe withdrew that" in found.says
    assert "the passport was forged" in found.says
    assert state(on=TODAY - DAY) == "settled"
    with pytest.raises(DispositionError, match="withdrawn already"):
        dispositions.withdraw(number, by="John Doe", reason="again")
    (kept,) = dispositions.recorded()
    assert kept.withdrawn is not None
    with sqlite3.connect(data / "dispositions.sqlite") as db:
        for statement in ("DELETE FROM disposition", "UPDATE withdrawal SET by = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                db.execute(statement)
    db.close()


def test_the_last_decision_about_a_party_speaks() -> None:
    settle(decided=TODAY - 10 * DAY)
    settle(decision="listed", decided=TODAY - 5 * DAY, reason="his passport was forged")
    found, before = now(), now(on=TODAY - 6 * DAY)
    assert found is not None
    assert before is not None
    assert (found.verdict, before.verdict) == ("match", "clear")


# --- whom it is about -----------------------------------------------------------------------------


def test_a_decision_about_one_customer_says_nothing_of_his_namesake() -> None:
    settle()
    assert state(replace(NAMESAKE, id="C-8")) == "nobody decided"
    found = now(replace(NAMESAKE, id=""))
    assert found is not None
    assert "that was about party C-7, and this one has no number" in found.says


def test_a_decision_without_a_number_is_about_all_of_whom_just_this_is_known() -> None:
    settle(replace(NAMESAKE, id=""))
    assert state(replace(NAMESAKE, id="C-8")) == "settled"
    assert state(replace(NAMESAKE, id="C-8", born="1961-04-02")) == "open"


def test_a_decision_about_one_entry_says_nothing_of_another() -> None:
    settle()
    assert state(listing=made_up.ROTOR) == "nobody decided"


# --- on a day of the past -------------------------------------------------------------------------


def test_an_old_answer_can_be_given_again() -> None:
    """What was recorded later with an earlier day changes what is said of that day, not what was said then."""
    made = settle(decided=TODAY - 10 * DAY)
    earlier = replace(made, recorded=made.recorded - 9 * DAY)
    later = replace(made, number=2, decision="listed", decided=TODAY - 9 * DAY)
    book = Book((earlier, later)), Book((earlier, later), known=TODAY - 5 * DAY)
    found = [one.applied(NAMESAKE, made_up.HALVORSEN, on=TODAY - 5 * DAY) for one in book]
    assert [one and one.verdict for one in found] == ["match", "clear"]
    taken = Withdrawal(TODAY - 8 * DAY, "John Doe", "a slip", made.recorded)
    gone = replace(earlier, withdrawn=taken)
    book = Book((gone,)), Book((gone,), known=TODAY - 5 * DAY)
    found = [one.applied(NAMESAKE, made_up.HALVORSEN, on=TODAY - 5 * DAY) for one in book]
    assert [one and one.state for one in found] == ["open", "settled"]


@given(
    st.integers(0, 20), st.integers(1, 20) | st.none(), st.integers(0, 20) | st.none(), st.integers(-5, 45)
)  # fmt: skip
def test_a_decision_holds_on_the_days_from_its_own_to_its_end_and_no_other(
    decided: int, lasts: int | None, withdrawn: int | None, asked: int
) -> None:
    start = dt.date(2026, 1, 1)
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    first = start + decided * DAY
    taken = (
        withdrawn is not None and Withdrawal(first + withdrawn * DAY, "x", "y", moment)
    ) or None
    one = Disposition(
        number=1, decision="not_listed", party="C-7", facts=facts_of(NAMESAKE),
        listing=made_up.HALVORSEN, as_of=None, by="x", reason="y", decided=first,
        expires=first + lasts * DAY if lasts else None, recorded=moment, withdrawn=taken,
    )  # fmt: skip
    found = Book((one,)).applied(NAMESAKE, made_up.HALVORSEN, on=start + asked * DAY)
    ends = [decided + each for each in (lasts, withdrawn) if each is not None]
    assert found is not None
    assert (found.state == "settled") == (decided <= asked < min(ends, default=1000))


# --- what may be recorded -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"decision": "maybe"}, "allowed: listed, not_listed"),
        ({"by": " "}, "by: empty"),
        ({"reason": ""}, "reason: empty"),
        ({"decided": TODAY + DAY}, "is to come"),
        ({"expires": TODAY}, "is not after"),
        ({"query": Query(name=" ")}, "name: empty"),
    ],
)
def test_what_nobody_answers_for_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(DispositionError, match=says):
        settle(**change)
    assert dispositions.recorded() == ()


def test_a_withdrawal_needs_a_decision_a_person_a_reason_and_a_day() -> None:
    number = settle(decided=TODAY - DAY).number
    for change, says in (
        ({"number": 99}, "there is none"), ({"by": ""}, "by: empty"), ({"reason": " "}, "reason: empty"),
        ({"day": TODAY - 2 * DAY}, "allowed: from"), ({"day": TODAY + DAY}, "allowed: from"),
    ):  # fmt: skip
        said: dict[str, Any] = {"number": number, "by": "x", "reason": "y", **change}
        with pytest.raises(DispositionError, match=says):
            dispositions.withdraw(said.pop("number"), **said)


def test_a_file_that_is_none_is_refused_and_left_alone(data: Path) -> None:
    data.mkdir()
    file = data / "dispositions.sqlite"
    file.write_bytes(b"not a database, but long enough to be looked at" * 40)
    for ask in (dispositions.recorded, settle):
        with pytest.raises(DispositionError, match=r"dispositions\.sqlite"):
            ask()
    assert file.read_bytes().startswith(b"not a database")
    file.unlink()
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE other (x)")
    db.close()
    with pytest.raises(DispositionError, match="this Licet reads 1"):
        dispositions.recorded()


def test_everything_comes_back_as_it_was_recorded() -> None:
    query = Query(
        name="海康威视", id="№ 7", kind="organization", country="CN", address="Hangzhou",
        identifiers=(Identifier("other", "A-1"),),
    )  # fmt: skip
    made = dispositions.add(
        query, made_up.ROTOR, "listed", by="Ünal", reason='"so", he said', as_of=TODAY - DAY,
        decided=TODAY - DAY, expires=TODAY + DAY,
    )  # fmt: skip
    (kept,) = dispositions.recorded()
    assert kept == made
    assert kept.listing == made_up.ROTOR
    assert kept.facts == facts_of(query)
    assert dispositions.recorded(known=TODAY - 2 * DAY) == ()


def test_settling_reaches_every_process() -> None:
    """Answers by several processes are settled like those by one."""
    import pickle

    settle()
    settling = pickle.loads(pickle.dumps(Settling(dispositions.book())))
    (raw,) = EVERYONE.screener.screen([NAMESAKE])
    assert settling(raw, EVERYONE.screener).verdict == "clear"


# --- the commands ---------------------------------------------------------------------------------


def run(*arguments: str, status: int = 0, **more: Any) -> Result:
    result = CliRunner().invoke(app, [*arguments], **more)
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_from_a_possible_match_to_a_decision_and_back(tmp_path: Path) -> None:
    lists = str(made_up.write(tmp_path / "own.ftm.json"))
    ask = ["screen", "Ingmar Halvorsen", "--country", "NO", "--lists", lists]
    run(*ask, status=1)
    text = run(
        "dispositions", "add", "Ingmar Halvorsen", "OWN:1", "--as", "not_listed", "--country", "NO",
        "--by", "Jane Roe", "--reason", "born in 1988", "--lists", lists,
    ).stdout  # fmt: skip
    assert "1. ingmar halvorsen is another than Ingmar Halvorsen (OWN:1): in force" in text
    assert "known of the party: country NO" in text
    text = run(*ask, status=0).stdout
    assert "CLEAR: each possible match is settled as another party" in text
    assert f"settled as another by Jane Roe on {TODAY} (no. 1) because born in 1988" in text
    text = run(*ask, "--born", "1961", status=1).stdout
    assert "open again: the party is described differently: born not known then, 1961 now" in text
    assert "open again: that was after" in run(*ask, "--on", str(TODAY - DAY), status=1).stdout
    run(*ask, "--known", str(TODAY - 2 * DAY), status=1)
    lines = json.dumps({"id": "C-1", "name": "Ingmar Halvorsen", "country": "NO"})
    piped = run("screen", "--lists", lists, "--format", "jsonl", "-", input=lines).stdout
    assert json.loads(piped)["verdict"] == "clear"
    (row,) = json.loads(run("dispositions", "list", "--format", "json").stdout)
    assert (row["listing_id"], row["state"], row["facts"]["country"]) == ("OWN:1", "in force", "NO")
    run("dispositions", "withdraw", "1", "--by", "John Doe", "--reason", "a slip")
    assert "withdrawn by John Doe" in run("dispositions", "list").stdout
    run(*ask, status=1)


def test_a_decision_settles_what_screening_finds(tmp_path: Path) -> None:
    lists = str(made_up.write(tmp_path / "own.ftm.json"))
    decide = ["--as", "listed", "--by", "x", "--reason", "y", "--lists", lists]
    error = run("dispositions", "add", "Ingmar Halvorsen", "OWN:2", *decide, status=2).stderr
    assert "OWN:2: screening finds no such entry" in error
    assert "it finds OWN:1 Ingmar Halvorsen" in error
    assert (
        "give the whole name"
        in run("dispositions", "add", "Ltd.", "OWN:2", *decide, status=2).stderr
    )
    assert "There is" not in error
    error = run("dispositions", "withdraw", "5", "--by", "x", "--reason", "y", status=2).stderr
    assert "licet dispositions list shows their numbers" in error
    assert "No dispositions" in run("dispositions", "list").stdout
