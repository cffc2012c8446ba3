"""A compliance officer at work: the order of Osaka from the first key to the record, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from licet.desk.counter import Loaded
from licet.desk.store import Store

from .browsing import Watch, chromium, desk_on_a_port, picture

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
expect.set_options(timeout=15_000)  # a machine that does other work besides is slow, not wrong


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = chromium()
    with playwright.sync_playwright() as begun:
        # A container has no user namespaces for Chromium's own sandbox.
        found = begun.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[tuple[str, Store]]:
    with desk_on_a_port(tmp_path_factory.mktemp("live"), loaded) as found:
        yield found


@pytest.fixture(scope="module")
def context(browser: Any, live: tuple[str, Store]) -> Iterator[Any]:
    found = browser.new_context(
        base_url=live[0], viewport={"width": 1200, "height": 860}, reduced_motion="reduce"
    )
    found.set_default_timeout(10_000)
    yield found
    found.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    found = context.new_page()
    watch = Watch(found)
    yield found
    found.close()
    assert watch.said == []


@pytest.fixture(scope="module")
def recorded(context: Any, osaka: dict[str, Any]) -> str:
    """The id of the recorded decision about the order of Osaka."""
    answer = context.request.post("/check", data=osaka)
    return str(answer.json()["decision_id"])


def outcome(page: Any) -> Any:
    return page.locator(".outcome [data-outcome]")


def fact(page: Any, path: str) -> Any:
    """The control of a fact of the order."""
    return page.locator(f"[name='{path}']")


def expect_outcome(page: Any, wanted: str) -> None:
    expect(outcome(page)).to_have_attribute("data-outcome", wanted)


def test_the_order_of_osaka_is_entered_by_hand_and_only_what_matters_is_asked(page: Any) -> None:
    page.goto("/desk/check")
    expect_outcome(page, "needs_information")
    fact(page, "id").fill("PO-OSAKA")
    fact(page, "date").fill("2019-06-30")
    fact(page, "activity").select_option("export")
    fact(page, "from").fill("US")
    fact(page, "to").fill("china")
    fact(page, "party[0].role").select_option("ultimate_consignee")
    fact(page, "party[0].country").fill("CN")
    fact(page, "line[0].eccn").fill("3A991.a.1")
    # As one types, the page decides again and keeps the place of the cursor.
    name = fact(page, "party[0].name")
    name.press_sequentially("Huawei Technologies Co., Ltd.", delay=25)
    expect(name).to_be_focused()
    expect(name).to_have_value("Huawei Technologies Co., Ltd.")
    expect(page.locator("#answer")).to_contain_text(
        "Huawei Technologies Co., Ltd. is on the Entity List"
    )
    asked = 0
    while outcome(page).get_attribute("data-outcome") == "needs_information":
        if asked == 0:
            picture(page, "check")
        asked += 1
        assert asked < 8, "more is asked than can change this answer"
        _answer(page, page.locator(".question:not(.answered)").first)
    # Who needs a license anyway is not asked for owners, end use, route and what else an order may have.
    assert asked < 8
    expect_outcome(page, "license_required")
    expect(page.locator("#answer")).to_contain_text("presumption of denial")
    page.get_by_role("button", name="Decide and record").click()
    page.wait_for_url(re.compile(r"/desk/decisions/\w+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("PO-OSAKA")
    expect_outcome(page, "license_required")


def _answer(page: Any, question: Any) -> None:
    """Answer a question as the order of Osaka has it, and wait until the page has decided again."""
    asks = question.locator(".asks").inner_text()
    with page.expect_response("**/desk/check"):
        if "kind" in (question.get_attribute("id") or ""):
            question.locator("select").select_option(
                "commodity" if "line" in _id(question) else "commercial"
            )
        elif question.locator("input[type=radio]").count():
            yes = "published" not in _id(question) and "en_route" not in _id(question)
            question.get_by_label("Yes" if yes else "No", exact=True).check()
        elif question.locator(".checks").count():
            question.get_by_label("civil", exact=True).check()
        elif question.locator("input[value=none]").count():
            question.locator("input[value=none]").check()
        elif "country" in asks.lower():
            question.locator("input").fill("US" if "line" in _id(question) else "CN")
        else:
            raise AssertionError(f"the order of Osaka has no answer to: {asks}")
    page.wait_for_timeout(150)


def _id(question: Any) -> str:
    return str(question.get_attribute("id"))


def test_a_decision_slides_over_the_days_of_the_law(page: Any, recorded: str) -> None:
    page.goto(f"/desk/decisions/{recorded}")
    expect_outcome(page, "license_required")
    expect(page.locator(".strip li")).to_have_count(2)
    day, slider = page.get_by_label("As of"), page.get_by_label("Days on which the law changed")
    day.fill("2019-05-15")
    expect_outcome(page, "no_license_required")
    expect(page.locator("#changed")).to_be_visible()
    slider.focus()
    slider.press("ArrowRight")
    expect(day).to_have_value("2019-05-16")
    expect_outcome(page, "license_required")
    while day.input_value() < "2020-08-17":
        slider.press("ArrowRight")
    expect(day).to_have_value("2020-08-17")
    expect(page.locator(".outcome .meta")).to_contain_text("17 August 2020")
    expect_outcome(page, "license_required")
    page.get_by_role("button", name="Earlier change of the law").click()
    expect(page.locator(".outcome .meta")).not_to_contain_text("17 August 2020")


def test_the_announcement_of_osaka_changes_nothing_but_what_if(page: Any, recorded: str) -> None:
    page.goto(f"/desk/decisions/{recorded}")
    expect(
        page.get_by_text("Announced, without legal effect: US companies would be allowed")
    ).to_be_visible()
    page.get_by_text("What if: announcements").click()
    page.get_by_label(re.compile("G20 Osaka")).check()
    expect_outcome(page, "general_license")
    expect(page.locator(".outcome")).to_contain_text("As if it were law, which it is not")
    expect(page.locator(".strip li")).not_to_have_count(2)
    picture(page, "what-if")
    page.get_by_label(re.compile("G20 Osaka")).uncheck()
    expect_outcome(page, "license_required")


def test_the_proof_opens_to_the_deciding_branch(page: Any, recorded: str) -> None:
    page.goto(f"/desk/decisions/{recorded}")
    proof = page.get_by_role("region", name="Proof")
    expect(proof.get_by_text("l.list: EL")).to_be_visible()
    picture(page, "decision")
    proof.get_by_role("link", name="The rule entity list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entity list")
    expect(page.get_by_text("85 FR 51335: Entity List")).to_be_visible()


def test_missing_facts_are_answered_in_place_and_recorded_as_a_decision_of_its_own(
    page: Any, context: Any, osaka: dict[str, Any]
) -> None:
    order = {key: value for key, value in osaka.items() if key != "red_flag"}
    order = {**order, "id": "PO-FLAGS", "date": "2019-05-15"}
    made = context.request.post("/check", data=order).json()
    assert made["outcome"] == "needs_information" and [m["fact"] for m in made["missing"]] == [
        "red_flag"
    ]
    page.goto(f"/desk/decisions/{made['decision_id']}")
    page.locator("#answers").get_by_label("none, we looked").check()
    expect_outcome(page, "no_license_required")
    page.get_by_role("button", name="Record it as a decision of its own").click()
    page.wait_for_url(lambda address: made["decision_id"] not in address)
    expect_outcome(page, "no_license_required")
    # The first one is as it was.
    page.goto(f"/desk/decisions/{made['decision_id']}")
    expect_outcome(page, "needs_information")


def test_a_possible_match_is_settled_and_the_order_decided_again(
    page: Any, context: Any, misspelled: dict[str, Any]
) -> None:
    made = context.request.post("/check", data=misspelled).json()
    assert made["outcome"] == "hold" and made["cases"]
    page.goto(f"/desk/decisions/{made['decision_id']}")
    expect(page.locator("#waits")).to_contain_text(
        "Huawey Technologies and Huawei Technologies Co., Ltd."
    )
    page.goto("/desk/cases")
    picture(page, "cases")
    page.get_by_role("link", name="Huawey Technologies").first.click()
    evidence = page.locator("#evidence")
    expect(evidence.locator(".words li").first).to_contain_text("huawey")
    expect(evidence.locator(".words li").first).to_contain_text("huawei")
    picture(page, "case")
    page.get_by_label("Not the listed party").check()
    page.get_by_label("Reason").fill("A repair shop in Ohio; the owner's passport was seen.")
    page.get_by_label("Ends on").fill("2030-01-01")
    for box in page.locator("input[name=also]").all():
        box.check()
    page.get_by_role("button", name="Settle", exact=True).click()
    expect(page.get_by_text("Settled as disposition")).to_be_visible()
    page.get_by_role("button", name="Decide it again").first.click()
    page.wait_for_url(re.compile("/desk/decisions/"))
    expect_outcome(page, "no_license_required")
    page.goto("/desk/cases")
    expect(page.get_by_text("No case is open")).to_be_visible()


def test_the_same_false_positive_is_cleared_for_many_at_once(
    page: Any, context: Any, misspelled: dict[str, Any]
) -> None:
    (party,) = misspelled["party"]
    for at, name in enumerate(("Huawai Technologies", "Huaway Technologies")):
        order = {**misspelled, "id": f"many-{at}", "party": [{**party, "name": name}]}
        assert context.request.post("/check", data=order).json()["outcome"] == "hold"
    page.goto("/desk/cases")
    page.get_by_label("Choose all").check()
    chosen = page.locator("input[name=case]:checked").count()
    assert chosen > 2
    page.get_by_label("Reason").fill("Misspelled by our own system; the customer is a bakery.")
    page.get_by_role("button", name="Clear as not listed").click()
    expect(page.get_by_text(f"{chosen} cases settled.")).to_be_visible()
    expect(page.get_by_text("No case is open")).to_be_visible()


def test_the_record_is_printed_with_its_whole_proof(
    page: Any, recorded: str, tmp_path: Path
) -> None:
    page.goto(f"/desk/decisions/{recorded}")
    page.get_by_role("button", name="Decide again").click()
    expect(page.locator("#again")).to_contain_text("The same answer")
    page.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
    page.get_by_role("button", name="Print the record").click()
    page.emulate_media(media="print")
    expect(page.get_by_label("As of")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    record = page.locator("#record")
    for needed in (recorded, "15 CFR 744.11(a)", "keep until", "Licet ", "EL of "):
        expect(page.locator("main")).to_contain_text(needed)
    expect(record.get_by_text('"description": "server processors"')).to_be_visible()
    assert page.locator("details:not([open])").count() == 0
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF") and len(pdf) > 20_000


def test_an_order_book_is_replayed_with_its_chart_and_drilled_into(
    page: Any, tmp_path: Path
) -> None:
    book = tmp_path / "book <b>.csv"
    book.write_text(_book(), encoding="utf-8")
    page.goto("/desk/impact")
    page.get_by_label("Order book").set_input_files(book)
    page.get_by_label("Day before").fill("2019-05-15")
    page.get_by_label("Day after").fill("2019-05-16")
    page.get_by_role("button", name="Replay the book").click()
    expect(page.locator("figure svg")).to_be_visible(timeout=30_000)
    expect(page.locator("figure svg title").first).to_have_text("What flips in book <b>.csv")
    row = page.get_by_role("row").filter(has_text="84 FR 22963")
    expect(row).to_contain_text("2")
    row.get_by_role("button", name="Show the lines").click()
    lines = page.locator("#lines")
    expect(lines).to_contain_text("PO-1")
    expect(lines).to_contain_text("entity list")
    picture(page, "impact")
    with page.expect_download() as got:
        page.get_by_role("link", name="Download CSV").click()
    text = Path(got.value.path()).read_text(encoding="utf-8-sig")
    assert text.count("\n") == 5 and "PO-3" in text and "license_required" in text


def test_a_book_that_is_too_large_is_not_even_sent(page: Any, tmp_path: Path) -> None:
    book = tmp_path / "large.csv"
    book.write_bytes(b"x" * 10_000_001)
    page.goto("/desk/impact")
    page.get_by_label("Order book").set_input_files(book)
    assert "licet replay" in page.get_by_label("Order book").evaluate(
        "field => field.validationMessage"
    )
    page.get_by_role("button", name="Replay the book").click()
    assert page.url.endswith("/desk/impact")


def test_an_announcement_is_replayed_as_if_it_were_law(page: Any, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text(_book(), encoding="utf-8")
    page.goto("/desk/impact")
    page.get_by_label("Order book").set_input_files(book)
    page.get_by_label("If an announcement were law").check()
    page.get_by_label("Announcement", exact=True).select_option("osaka_2019")
    page.get_by_label("On", exact=True).fill("2019-06-30")
    page.get_by_role("button", name="Replay the book").click()
    expect(page.locator("figure svg")).to_be_visible(timeout=30_000)
    expect(page.locator("main")).to_contain_text("as if it were law, which it is not")
    expect(page.get_by_role("row").filter(has_text="if it were law:")).to_contain_text("2")


def _book() -> str:
    """Four lines: two for Huawei, two for a shop on no list."""
    from licet.order_book.template import TEMPLATE, columns_of

    columns = columns_of(TEMPLATE)
    rows = []
    for at, template in enumerate((*TEMPLATE, *TEMPLATE)):
        row = {**template, "id": f"PO-{at + 1}"}
        rows.append(",".join(f'"{row.get(column, "")}"' for column in columns))
    return "\n".join([",".join(columns), *rows]) + "\n"


def test_the_law_is_found_by_whatever_somebody_types(page: Any) -> None:
    page.goto("/desk/law?subject=Huawei")
    expect(page.locator(".timeline svg")).to_contain_text("No law: announced only")
    picture(page, "law")
    for typed, heading in (("3a090", "3A090"), ("China", "China"), ("entity_list", "Entity list")):
        page.get_by_label("Find").fill(typed)
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        if typed == "3a090":
            picture(page, "item")
    page.goto("/desk/law/changes?start=2019-05-15&end=2019-05-16")
    expect(page.locator("main")).to_contain_text("entity list: Huawei Technologies Co., Ltd.")


def test_lists_are_shown_with_their_age_and_what_changed(page: Any) -> None:
    page.goto("/desk/lists")
    row = page.get_by_role("row").filter(has_text="the Entity List").first
    expect(row).to_contain_text(re.compile(r"\d+ days"))
    picture(page, "lists")
    page.goto("/desk/lists/changes?start=2019-05-15&end=2019-05-16&list=EL")
    expect(page.locator("main")).to_contain_text("Huawei Technologies Co., Ltd.")


def test_the_log_is_searched_verified_and_exported(page: Any, recorded: str) -> None:
    page.goto("/desk/audit")
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.locator("#verified")).to_contain_text("The log is whole")
    picture(page, "audit")
    page.get_by_label("Subject").fill(recorded)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as got:
        page.get_by_role("link", name="Export").click()
    assert recorded in Path(got.value.path()).read_text(encoding="utf-8")


PAGES = (
    "/desk/check", "/desk/check?of={id}", "/desk/decisions", "/desk/decisions/{id}", "/desk/cases?state=closed",
    "/desk/cases/{case}", "/desk/law?subject=Huawei", "/desk/law/rules?section=744.11",
    "/desk/law/rules/entity_list", "/desk/law/changes?start=2019-05-15&end=2019-05-16", "/desk/law/items/3A991",
    "/desk/law/countries/CN?category=3", "/desk/law/find?q=nobody", "/desk/impact", "/desk/lists",
    "/desk/lists/changes", "/desk/audit", "/desk/decisions/none",
)  # fmt: skip


@pytest.fixture(scope="module")
def case(context: Any, misspelled_once: dict[str, Any]) -> str:
    made = context.request.post("/check", data=misspelled_once).json()
    found = made["cases"] or context.request.get("/cases").json()["cases"]
    return str(found[0] if isinstance(found[0], str) else found[0]["id"])


@pytest.fixture(scope="module")
def misspelled_once(osaka: dict[str, Any]) -> dict[str, Any]:
    (party,) = osaka["party"]
    return {**osaka, "id": "axe", "party": [{**party, "name": "Huawy Technologies"}]}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_and_no_page_is_wider_than_a_phone(
    context: Any, recorded: str, case: str, address: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = context.new_page()
    watch = Watch(page)
    page.emulate_media(color_scheme=scheme)
    # 390 wide is a phone; 600 wide is a screen of 1,200 at 200 percent.
    page.set_viewport_size({"width": 390 if scheme == "light" else 600, "height": 844})
    page.goto(address.format(id=recorded, case=case))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    found = axe.run(page).response["violations"]
    grave = [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    page.close()
    assert grave == []
    assert [said for said in watch.said if "404" not in said] == []


def test_somebody_logs_in_with_a_key_and_out_again(
    browser: Any, tmp_path: Path, loaded: Loaded
) -> None:
    from licet.desk.access import make_key

    with desk_on_a_port(tmp_path, loaded, local=False) as (address, store):
        key = store.write(lambda db: make_key(db, "acme", "Ada", "analyst", actor="test"))
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("/desk/cases")
        page.get_by_label("Key").fill("licet_wrong_key")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_contain_text("does not hold")
        picture(page, "login")
        page.get_by_label("Key").fill(key)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Cases")
        expect(page.get_by_role("navigation", name="Pages")).not_to_contain_text("Audit")
        (cookie,) = [one for one in context.cookies() if one["name"] == "licet_session"]
        assert cookie["httpOnly"] and cookie["sameSite"] == "Lax" and cookie["value"] not in key
        page.get_by_role("button", name="Log out").click()
        page.goto("/desk/cases")
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
        context.close()
