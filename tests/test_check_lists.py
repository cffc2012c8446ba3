"""`licet check` with lists that were loaded and with what people decided: who is settled, and who is open."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import licet
from licet import Decision, Order, dispositions
from licet.cli import app
from licet.lists import Store
from licet.lists.packaged import packaged_listings
from licet.order import EndUse, Line, Owner, Party, Shipment
from licet.parties.listing import Identifier, ListedName, Listing
from licet.parties.screening import Query

from . import screen_lists_made_up as made_up

DAY = dt.timedelta(days=1)
COPY, SHIPPED = dt.date(2024, 9, 1), dt.date(2024, 9, 10)
NEWER, LATER = dt.date(2026, 8, 15), dt.date(2026, 8, 20)
"""Days after the last copy of the SDN List that the rulebook was compiled from."""
after_the_rulebook = pytest.mark.skipif(
    dt.date.today() < NEWER, reason="a copy of a day to come cannot be loaded"
)

TORVALD = Listing(
    list="SDN", id="990001", kind="person", names=(ListedName("BRAENDSTED, Torvald Ulrik"),), countries=("NO",),
    born=("1961-04-02",), programs=("SDGT",), identifiers=(Identifier("passport", "N5550001"),),
)  # fmt: skip
QUILLFORGE = Listing(
    list="SDN", id="990002", kind="organization", names=(ListedName("QUILLFORGE MARITIME LLC"),),
    countries=("AE",), programs=("SDGT",),
)  # fmt: skip
TERN = Listing(
    list="SDN", id="990003", kind="vessel", names=(ListedName("OCEAN TERNLET"),), programs=("SDGT",),
    identifiers=(Identifier("imo", "9187655"),),
)  # fmt: skip
UNITED = Listing(
    list="UN", id="TEi.990", kind="organization", names=(ListedName("Vexholm Relief Society"),),
    countries=("SO",),
)  # fmt: skip
BONDS = Listing(
    list="CMIC", id="990004", kind="organization", names=(ListedName("Yonghai Brightvale Optics"),),
    countries=("CN",), programs=("CMIC-EO13959",),
)  # fmt: skip
NEW_ENTITY = Listing(
    list="EL", id="x-990", kind="", names=(ListedName("Grauwald Laserwerke GmbH"),), countries=("DE",),
    scope="For all items subject to the EAR. (See §744.11 of the EAR)", review_policy="Presumption of denial.",
)  # fmt: skip
EVERYONE = (TORVALD, QUILLFORGE, TERN, UNITED, BONDS, NEW_ENTITY)

BUYER = Party(
    role="ultimate_consignee", name="Sunshine Bakery Ltd", country="CH", address="1 Flour Street, Zurich",
    headquarters="CH", owners=(),
)  # fmt: skip
ORDER = Order(
    id="books", date=SHIPPED, activity="export", from_="US", to="CH", us_person=True, parties_complete=True,
    parties=(BUYER,), end_use=EndUse(purposes=("civil",)), red_flags=(),
    shipment=Shipment(en_route=False, via=()),
    lines=(Line(eccn="EAR99", kind="commodity", value_usd=100, made_in="US", published=False),),
)  # fmt: skip
FREE, REFUSED = "no_license_required", "prohibited"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LICET_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def loaded(as_of: dt.date = COPY, listings: tuple[Listing, ...] = EVERYONE) -> Store:
    """The user's store with a copy of each list as of a day."""
    store = licet.lists.store()
    path = made_up.write(store.folder.parent / f"lists-{as_of}.ftm.json", listings)
    store.load(path, as_of=as_of, allow_shrink=True)
    return store


@pytest.fixture
def store() -> Store:
    return loaded()


def buying(store: Store | None, on: dt.date = SHIPPED, **fields: Any) -> Decision:
    return licet.check(
        replace(ORDER, date=on, parties=(replace(BUYER, **fields),)),
        lists=store,
        dispositions=dispositions.book(),
    )


def matches(decision: Decision) -> list[tuple[str, str]]:
    return [(one.entry, one.match) for one in decision.listings]


# --- lists that were loaded -----------------------------------------------------------------------


def test_a_company_on_the_loaded_sdn_list_is_blocked_though_the_rulebook_has_never_heard_of_it(
    store: Store,
) -> None:
    name = "Quillforge Maritime LLC"
    assert buying(None, name=name).outcome == FREE
    decision = buying(store, name=name)
    assert decision.outcome == REFUSED
    (listed,) = decision.listings
    assert (listed.list, listed.entry, listed.match, listed.copy) == (
        "SDN", "sdn-990002", "exact", COPY,
    )  # fmt: skip
    assert {"blocked_person", "sdn_license"} & {r.authority.rule for r in decision.requirements}


def test_a_misspelled_one_holds_the_order_with_the_evidence(store: Store) -> None:
    decision = buying(store, name="Quilforge Maritime")
    assert decision.outcome == "hold"
    (listed,) = decision.listings
    assert listed.match == "possible"
    assert "quilforge is spelled like quillforge" in listed.says.lower()
    assert [item.fact for item in decision.missing] == ["party[0].disposition"]


def test_a_company_that_blocked_persons_own_is_blocked_where_the_owner_is_on_the_loaded_list(
    store: Store,
) -> None:
    def owned(share: float, name: str = "Quillforge Maritime LLC") -> Decision:
        return buying(store, owners=(Owner(name=name, country="AE", share=share, owners=()),))

    assert owned(60).outcome == REFUSED
    less = owned(49)
    assert (less.outcome, less.red_flags[-1].authority.rule) == ("hold", "blocked_owner")
    misspelled = owned(60, "Quilforge Maritime")
    assert (misspelled.outcome, misspelled.worst) == ("needs_information", REFUSED)
    assert "party[0].owners[0].list" in [item.fact for item in misspelled.missing]
    assert matches(owned(49, "Quilforge Maritime")) == [("sdn-990002", "possible")]


def test_a_copy_speaks_only_of_its_day_and_later_and_of_what_was_known_here(store: Store) -> None:
    name = "Quillforge Maritime LLC"
    assert buying(store, COPY, name=name).outcome == REFUSED
    assert buying(store, COPY - DAY, name=name).outcome == FREE
    order = replace(ORDER, parties=(replace(BUYER, name=name),))
    yesterday = dt.date.today() - DAY
    assert licet.check(order, lists=store, known=yesterday).outcome == FREE, "not loaded by then"


@after_the_rulebook
def test_a_newer_copy_speaks_instead_of_the_rulebooks_and_who_left_the_list_is_free() -> None:
    known = "BANCO NACIONAL DE CUBA"  # in the rulebook's SDN List up to its last day
    assert buying(None, LATER, name=known).outcome == REFUSED
    still = [one for one in packaged_listings("SDN", LATER) if one.name != known]
    store = loaded(NEWER, (*still, TORVALD))
    decision = buying(store, LATER, name=known)
    assert decision.outcome == FREE
    assert [one for one in decision.listings if one.match == "exact"] == []
    looked = [one for one in decision.lists if one.list == "SDN"]
    assert [(one.as_of, one.instead, one.entries) for one in looked] == [
        (NEWER, True, len(still) + 1)
    ]
    assert buying(store, LATER, name="Torvald Ulrik Braendsted", country="NO").outcome == REFUSED
    before = buying(store, NEWER - DAY, name=known)
    assert before.outcome == REFUSED, "the copy does not speak of days before it"


@after_the_rulebook
def test_a_part_of_a_list_takes_nobody_off_it() -> None:
    store = loaded(NEWER)
    decision = buying(store, LATER, name="BANCO NACIONAL DE CUBA")
    assert decision.outcome == REFUSED
    looked = {one.source: one for one in decision.lists if one.list == "SDN"}
    assert looked["FollowTheMoney"].short and not looked["FollowTheMoney"].instead
    assert "rulebook" in looked
    assert buying(store, LATER, name="Quillforge Maritime LLC").outcome == REFUSED


def test_a_copy_older_than_the_rulebook_takes_nobody_off_a_list(store: Store) -> None:
    assert buying(store, name="BANCO NACIONAL DE CUBA").outcome == REFUSED


@after_the_rulebook
def test_an_entry_added_to_the_entity_list_since_the_rulebook_is_read_at_its_strictest() -> None:
    store = loaded(NEWER)
    decision = buying(store, LATER, name="Grauwald Laserwerke GmbH")
    assert decision.outcome == "license_required"
    assert decision.review_policy == "presumption_of_denial"
    huawei = buying(store, LATER, name="Huawei Technologies Co., Ltd.")
    assert huawei.outcome == "license_required", (
        "the copy lacks it, and the rulebook's table is law"
    )


@after_the_rulebook
def test_what_the_rulebook_knows_of_an_entity_is_not_read_again_from_a_copy() -> None:
    """A copy prints what an entry asks for in words, which are read at their strictest."""
    again = replace(
        NEW_ENTITY,
        names=(ListedName("Huawei of Shenzhen"), ListedName("Huawei Technologies Co., Ltd.", "alias")),
    )  # fmt: skip
    decision = buying(loaded(NEWER, (again,)), LATER, name="Huawei Technologies Co., Ltd.")
    entries = [(one.entry, one.copy) for one in decision.listings if one.list == "EL"]
    assert entries == [("huawei-technologies-co-ltd.cn", None)]


def test_the_entity_list_of_a_day_within_the_rulebook_is_the_rulebooks(store: Store) -> None:
    """Its table is the law of each day; an older copy has nothing to add."""
    decision = buying(store, name="Grauwald Laserwerke GmbH")
    assert (decision.outcome, decision.listings) == (FREE, ())
    assert ("EL", COPY) not in [(one.list, one.as_of) for one in decision.lists]


def test_a_list_of_narrower_effect_is_told_and_bars_no_goods(store: Store) -> None:
    decision = buying(store, name="Yonghai Brightvale Optics")
    assert decision.outcome == FREE
    assert "chinese_military_company" in [one.authority.rule for one in decision.notices]


def test_a_match_on_a_list_that_no_rule_reads_is_told_and_changes_nothing(store: Store) -> None:
    decision = buying(store, name="Vexholm Relief Society")
    assert (decision.outcome, decision.listings) == (FREE, ())
    (found,) = decision.elsewhere
    assert (found.list, found.match) == ("UN", "exact")
    assert [one.read for one in decision.lists if one.list == "UN"] == [False]


def test_an_answer_says_which_list_of_which_day_was_looked_at(store: Store) -> None:
    days = {(one.list, one.source): one.as_of for one in buying(store).lists}
    assert days["SDN", "FollowTheMoney"] == COPY
    assert days["SDN", "rulebook"] == dt.date(2026, 7, 31), (
        "within its days both are looked through"
    )
    assert {code for code, source in days if source == "rulebook"} >= {"EL", "UVL", "MEU", "DPL"}


def test_every_answer_of_an_order_without_a_store_names_the_rulebooks_lists() -> None:
    assert {one.source for one in licet.check(ORDER).lists} == {"rulebook"}


# --- namesakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "outcome", "match"),
    [
        ({"country": "NO"}, REFUSED, "exact"),
        ({}, "hold", "possible"),
        ({"born": "1961-04-02"}, REFUSED, "exact"),
        ({"born": "1961"}, REFUSED, "exact"),
        ({"born": "1988-03-02"}, FREE, "apart"),
        ({"born": "1988-03-02", "country": "NO"}, FREE, "apart"),
        ({"country": "CH"}, "hold", "possible"),
        ({"country": "CH", "identifiers": ("passport N 555 0001",)}, "hold", "possible"),
    ],
)
def test_a_person_of_a_listed_name_is_told_by_what_else_is_known(
    store: Store, facts: dict[str, Any], outcome: str, match: str
) -> None:
    """Another country alone does not tell two people apart: people move."""
    decision = buying(store, name="Torvald Ulrik Braendsted", **({"country": None} | facts))
    assert decision.outcome == outcome
    assert matches(decision) == [("sdn-990001", match)]


def test_a_namesake_that_is_told_apart_is_named_with_what_tells_him_apart(store: Store) -> None:
    (told,) = buying(store, name="Torvald Ulrik Braendsted", born="1988-03-02").listings
    assert told.says == "born 1988-03-02, the listing says 1961-04-02"
    assert told.settled is None, "evidence told it, nobody settled it"


KADYROV = Listing(
    list="SDN", id="23343", kind="person", names=(ListedName("KADYROV, Ramzan Akhmatovich"),),
    countries=("RU",), born=("1976-10-05",), programs=("GLOMAG",),
)  # fmt: skip


@pytest.mark.parametrize("name", ["Ramzan Akhmatovich Kadyrov", "Ramzan Kadirov"])
def test_a_copy_tells_apart_whom_the_rulebooks_list_knows_by_name_only(name: str) -> None:
    """The rulebook has names and programs; the copy of a day within its days has dates of birth."""
    him: dict[str, Any] = {"name": name, "country": None, "born": "1988-03-02"}
    assert buying(None, **him).outcome == "hold"
    decision = buying(loaded(COPY, (KADYROV,)), **him)
    assert decision.outcome == FREE
    assert matches(decision) == [("sdn-23343", "apart")]
    same = him | {"born": "1976-10-05"}
    assert buying(loaded(COPY + DAY, (KADYROV,)), **same).outcome != FREE


def test_a_misspelled_name_is_cleared_by_another_date_of_birth(store: Store) -> None:
    wrong: dict[str, Any] = {"name": "Torvald Braendstad", "country": None}
    assert buying(store, **wrong).outcome == "hold"
    cleared = buying(store, **wrong, born="1988")
    assert (cleared.outcome, matches(cleared)) == (FREE, [("sdn-990001", "apart")])


def test_a_ship_is_known_by_its_number_and_not_by_its_name(store: Store) -> None:
    assert buying(store, name="Ocean Ternlet").outcome == "hold", "many ships share a name"
    assert buying(store, name="Ocean Ternlet", identifiers=("IMO 9187655",)).outcome == REFUSED
    other = buying(store, name="Ocean Ternlet", identifiers=("IMO 9074729",))
    assert (other.outcome, matches(other)) == ("hold", [("sdn-990003", "possible")])
    assert "another imo" in other.listings[0].says, "it speaks against, and somebody looks"
    renamed = buying(store, name="Gullwing", identifiers=("IMO 9187655",))
    assert (renamed.outcome, matches(renamed)) == ("hold", [("sdn-990003", "possible")])


# --- dispositions ---------------------------------------------------------------------------------

NAMESAKE: dict[str, Any] = {"name": "Torvald Braendsted", "country": "CH", "address": BUYER.address}
WHO = Query(name="Torvald Braendsted", country="CH", address=BUYER.address or "")
BY: dict[str, Any] = {
    "by": "Jane Roe", "reason": "born in 1988, as his passport says", "decided": COPY,
}  # fmt: skip


def settle(decision: str = "not_listed", query: Query = WHO, **more: Any) -> int:
    return dispositions.add(query, TORVALD, decision, **(BY | more)).number


def test_a_settled_namesake_buys_and_the_answer_says_who_settled_it_and_why(store: Store) -> None:
    assert buying(store, **NAMESAKE).outcome == "hold"
    settle(expires=SHIPPED + 30 * DAY)
    decision = buying(store, **NAMESAKE)
    assert decision.outcome == FREE
    (listed,) = decision.listings
    assert listed.settled == "not_listed"
    said = listed.disposition
    assert said is not None
    assert (said.state, said.by, said.reason) == ("settled", "Jane Roe", BY["reason"])
    assert (said.decided, said.expires) == (COPY, SHIPPED + 30 * DAY)


def test_a_disposition_is_open_again_on_the_day_it_expires(store: Store) -> None:
    settle(expires=SHIPPED + DAY)
    assert buying(store, SHIPPED, **NAMESAKE).outcome == FREE
    decision = buying(store, SHIPPED + DAY, **NAMESAKE)
    assert decision.outcome == "hold"
    (listed,) = decision.listings
    assert listed.disposition is not None
    assert listed.disposition.state == "open"
    assert listed.disposition.says.endswith(f"open again: that held until {SHIPPED + DAY} only")


def test_it_reopens_when_the_party_is_described_otherwise(store: Store) -> None:
    settle()
    (listed,) = buying(store, **(NAMESAKE | {"address": "2 Rye Street, Bern"})).listings
    assert listed.settled is None
    assert listed.disposition is not None
    assert "address 1 flour street, zurich then, 2 rye street, bern now" in listed.disposition.says


def test_it_reopens_when_the_entry_changes(store: Store) -> None:
    settle()
    assert buying(store, **NAMESAKE).outcome == FREE
    moved = replace(TORVALD, born=("1961-04-02", "1988"))
    again = loaded(SHIPPED - DAY, (moved, *EVERYONE[1:]))
    decision = buying(again, **NAMESAKE)
    assert decision.outcome == "hold"
    (listed,) = decision.listings
    assert listed.disposition is not None
    assert "the listing has changed: born" in listed.disposition.says
    assert buying(again, SHIPPED - 2 * DAY, **NAMESAKE).outcome == FREE, "as it was the day before"


def test_one_that_was_withdrawn_or_decided_later_does_not_hold(store: Store) -> None:
    number = settle()
    assert buying(store, COPY - DAY + DAY, **NAMESAKE).outcome == FREE
    dispositions.withdraw(number, by="John Doe", reason="the passport was forged", day=SHIPPED)
    assert buying(store, SHIPPED - DAY, **NAMESAKE).outcome == FREE
    assert buying(store, SHIPPED, **NAMESAKE).outcome == "hold"


def test_a_decision_about_a_numbered_party_is_about_that_party(store: Store) -> None:
    settle(query=replace(WHO, id="C-104"))
    assert buying(store, **NAMESAKE, id="C-104").outcome == FREE
    assert buying(store, **NAMESAKE, id="C-105").outcome == "hold"
    (listed,) = buying(store, **NAMESAKE).listings
    assert listed.disposition is not None
    assert "about party C-104, and this one has no number" in listed.disposition.says


def test_a_true_match_refuses_the_order_also_under_a_name_that_does_not_show_it(
    store: Store,
) -> None:
    front: dict[str, Any] = {
        "name": "Lindgren Trading AB",
        "country": "CH",
        "address": BUYER.address,
    }
    assert buying(store, **front).outcome == FREE
    settle("listed", Query(name="Lindgren Trading AB", country="CH", address=BUYER.address or ""))
    decision = buying(store, **front)
    assert decision.outcome == REFUSED
    assert matches(decision) == [("sdn-990001", "possible")]
    assert decision.listings[0].settled == "listed"
    assert buying(store, COPY - DAY, **front).outcome == FREE, "not on the list that day"


def test_no_disposition_settles_a_name_that_is_the_listed_one_in_every_letter(store: Store) -> None:
    name = "Quillforge Maritime LLC"
    who = Query(name=name, country="CH", address=BUYER.address or "")
    dispositions.add(who, QUILLFORGE, "not_listed", **BY)
    decision = buying(store, name=name)
    assert decision.outcome == REFUSED
    (listed,) = decision.listings
    assert listed.disposition is not None
    assert listed.disposition.state == "open"
    assert "an order's exact match is not settled away" in listed.disposition.says


def test_where_order_and_disposition_disagree_he_is_taken_for_the_listed_one(store: Store) -> None:
    settle("listed")
    assert buying(store, **NAMESAKE, disposition="not_listed").outcome == REFUSED
    assert buying(store, **NAMESAKE).outcome == REFUSED


def test_a_disposition_about_an_entry_of_the_rulebook_is_applied_too() -> None:
    """Recorded as `licet screen` finds it; the packaged list is the same one."""
    buyer: dict[str, Any] = {
        "name": "Huawai Technologies Co., Ltd.",
        "country": "CH",
        "address": BUYER.address,
    }
    decision = buying(None, **buyer)
    assert decision.outcome == "hold"
    query = Query(name=buyer["name"], country="CH", address=BUYER.address or "")
    answer = licet.screen(
        [{"name": query.name, "country": "CH", "address": query.address}], lists="EL", on=SHIPPED
    )[0]
    keys = {f"EL:{one.entry}" for one in decision.listings if one.list == "EL"}
    for candidate in answer.candidates:
        if candidate.listing.key in keys:
            dispositions.add(query, candidate, "not_listed", **BY)
            keys.remove(candidate.listing.key)
    assert not keys, "every match of the order is one that screening finds"
    assert buying(None, **buyer).outcome == FREE


# --- the command line -----------------------------------------------------------------------------


def toml(**fields: str) -> str:
    party = {"name": "Torvald Braendsted", "country": "CH", "address": str(BUYER.address)} | fields
    return f"""
        id = "books"
        date = {SHIPPED}
        activity = "export"
        from = "US"
        to = "CH"
        us_person = true
        parties_complete = true
        red_flag = []
        [[party]]
        role = "ultimate_consignee"
        owners = []
        headquarters = "CH"
        {"".join(f"{name} = {json.dumps(value)}{chr(10)}        " for name, value in party.items())}
        [[line]]
        eccn = "EAR99"
        kind = "commodity"
        value_usd = 100
        made_in = "US"
        published = false
        [end_use]
        purposes = ["civil"]
        [shipment]
        en_route = false
        via = []
        """


def run(*arguments: object, order: str = "") -> Result:
    return CliRunner().invoke(app, ["check", "-", *map(str, arguments)], input=order or toml())


def test_the_command_takes_the_users_own_lists_and_decisions_and_looks_away_when_told(
    store: Store,
) -> None:
    assert tomllib.loads(toml())["party"][0]["name"] == "Torvald Braendsted"
    assert run().stdout.startswith("HOLD")
    assert run("--lists", "none").exit_code == 0
    settle()
    memo = run().stdout
    assert memo.startswith("NO LICENSE REQUIRED")
    assert "Settled as another by Jane Roe on 1 September 2024 (no. 1)" in " ".join(memo.split())
    assert run("--dispositions", "none").stdout.startswith("HOLD")


def test_a_memo_gives_the_command_that_settles_a_match_and_it_does(store: Store) -> None:
    found = json.loads(run("--format", "jsonl").stdout)
    command = found["listings"][0]["record"]
    assert command.startswith("licet dispositions add 'Torvald Braendsted' SDN:990001")
    words = shlex.split(command)[1:]
    more = ["--as", "not_listed", "--by", "Jane Roe", "--reason", "another", "--decided", str(COPY)]
    assert CliRunner().invoke(app, [*words, *more]).exit_code == 0
    again = json.loads(run("--format", "jsonl").stdout)
    assert again["outcome"] == FREE
    assert again["listings"][0]["disposition"]["number"] == 1


def test_the_memo_names_lists_days_and_matches_on_lists_that_no_rule_reads(store: Store) -> None:
    memo = " ".join(run(order=toml(name="Vexholm Relief Society")).stdout.split())
    assert "Loaded: the SDN List as of 1 September 2024 (FollowTheMoney, 3 entries)." in memo
    assert (
        "Vexholm Relief Society (ultimate consignee) is Vexholm Relief Society on the UN Security "
        "Council's list as of 1 September 2024."
    ) in memo
    assert "This is outside what Licet decides, and changed nothing above. Look into it." in memo


def test_a_memo_says_that_no_copy_of_the_sdn_list_reaches_the_day() -> None:
    memo = " ".join(run("--on", "2027-01-10").stdout.split())
    assert "No copy of the SDN List after 31 July 2026 is at hand" in memo
    assert "No copy of the SDN List after" not in run().stdout


@pytest.mark.parametrize("option", ["--lists", "--dispositions"])
def test_a_folder_that_holds_nothing_is_an_error_and_not_an_empty_list(
    option: str, tmp_path: Path
) -> None:
    result = run(option, tmp_path)
    assert result.exit_code == 2
    assert "and none looks away from the user's own" in result.stderr


@pytest.mark.parametrize("file", ["lists.sqlite", "dispositions.sqlite"])
def test_a_damaged_file_of_the_user_is_an_error_and_not_an_empty_one(file: str, data: Path) -> None:
    data.mkdir(parents=True)
    (data / file).write_bytes(b"junk" * 1000)
    result = run()
    assert result.exit_code == 2
    assert file in result.stderr


def test_a_date_of_birth_in_an_order_is_checked() -> None:
    result = run(order=toml(born="3 March 1961"))
    assert result.exit_code == 2
    assert 'a date of birth is asked as YYYY-MM-DD, or in part, such as "1965-03"' in result.stderr
