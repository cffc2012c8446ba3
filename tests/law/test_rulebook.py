"""A rulebook that is wrong is refused at the place; a good one makes the law of each day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from licet.law.changes import changes
from licet.law.errors import RulebookError
from licet.law.rulebook import default_rulebook, load
from tests.law.books import FILES, edit, write

RULES = "rules/744.toml"


def refused(folder: Path, **changed: str | bytes) -> RulebookError:
    with pytest.raises(RulebookError) as caught:
        load(write(folder, **changed))
    return caught.value


def line_of(name: str, text: str, *, after: str = "") -> int:
    """The line on which a text stands in a file of the small rulebook."""
    whole = FILES[name]
    return whole.count("\n", 0, whole.index(text, whole.index(after))) + 1


def test_the_small_rulebook_is_good(tmp_path: Path) -> None:
    book = load(write(tmp_path))
    assert list(book.rules) == ["ear_transaction", "subject_to_ear", "entity_list", "as_if_law"]
    assert book.rules["entity_list"].examples[0].on == dt.date(2019, 5, 16)
    assert book.dependencies["entity_list"] == {"activity", "line.published", "listings"}


# What is wrong with the Entity List rule, and what the error says about it.
WRONG_RULES = [
    ('id = "entity_list"\nkind', 'id = "entity_list"\nkid = 1\nkind', "unknown key 'kid' in a rule"),
    ("review_policy = ", "review_polcy = ", "did you mean review_policy?"),
    ('published = 2019-05-21\nins', 'publishd = 2019-05-21\nins', "did you mean published?"),
    ("given = {", "givn = {", "unknown key 'givn' in an example; did you mean given?"),
    ('kind = "requirement"', 'kind = "requirment"', "kind is 'requirment'; allowed: scope, req"),
    ('kind = "requirement"\n', "", "kind is None; allowed: scope"),
    ('kind = "requirement"', 'kind = "authorization"', "grants is None; allowed: no_license_"),
    ("effective = 2019-05-16\n", "", "effective must be a date; found None"),
    ("effective = 2019-05-16", 'effective = "2019-05-16"', "effective must be a date; found '2019"),
    ("effective = 2019-05-16", "effective = 2019-05-16T00:00:00", "effective must be a date"),
    ("effective = 2019-05-16", "effective = 2019-05-16\nuntil = 2019-05-16", "is not after effec"),
    ('exceptions = "none"', 'exceptions = "some"', 'exceptions must be "none", "any" or a list'),
    ('exceptions = "none"', 'exceptions = ["LVS"]', "names no rule: 'LVS'"),
    ('exceptions = "none"', 'lifts = ["chart"]', "names no rule: 'chart'"),
    ('exceptions = "none"', 'lifts = "chart"', "lifts must be a list of words; found 'chart'"),
    ("listing.review_policy", "listing.policy", "review_policy 'listing.policy'; allowed: presum"),
    ('"listing.review_policy"', '"denial"', "review_policy 'denial'; allowed: presumption_of"),
    ('"listing.review_policy"', '"("', "review_policy cannot be read"),
    ('"listing.review_policy"', '"' + "not " * 9000 + 'to"', "review_policy cannot be read"),
    ("84 FR 22961", "84 FR 22960", "instrument '84 FR 22960' is not in instruments.toml"),
    ("is = true", "is = 1.5", "an example needs: on = DAY"),
    ("on = 2019-05-16\n", "", "on must be a date; found None"),
    ("l.list == 'EL'", "l.is_party == 'EL'", "l.is_party is never 'EL'; allowed: boolean"),
    ("subject_to_ear\n", "activity == 'exprot'\n", "activity is never 'exprot'; allowed: export"),
    ("subject_to_ear\n", "activity in ('export', 'exprot')\n", "activity is never 'exprot'"),
    ("l.list == 'EL'", "l.role == 'consignee'", "l.role is never 'consignee'; allowed: purchaser"),
    ("subject_to_ear\n", "line.value_usd > '2019-05-16'\n", "line.value_usd is never"),
    ("subject_to_ear\n", "line.published == 1\n", "line.published is never 1; allowed: boolean"),
    ("subject_to_ear\n", "date < 2019\n", "date is never 2019; allowed: date"),
    ("subject_to_ear\n", "date < line.value_usd\n", "date and line.value_usd cannot be compared"),
    ("subject_to_ear\n", "line.value_usd\n", "line.value_usd is a number, not true or false"),
    ("l.is_party for", "l.list for", "l.list is a text, not true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "reason"), WRONG_RULES, ids=[w[2] for w in WRONG_RULES])
def test_a_wrong_rule_is_refused_by_name_file_and_line(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    error = refused(tmp_path, **edit("rules__744_toml", old, new))
    assert reason in str(error)
    assert "rule entity_list:" in str(error)
    assert (error.place.file, error.place.line) == (RULES, line_of(RULES, 'id = "entity_list"'))


def test_a_condition_that_errs_is_refused_at_its_own_line_and_column(tmp_path: Path) -> None:
    error = refused(tmp_path, **edit("rules__744_toml", "l.is_party for", "l.is_partie for"))
    assert (error.place.line, error.place.column) == (line_of(RULES, "and l.is_party"), 13)
    error = refused(tmp_path, **edit("rules__734_toml", "activity in", "activiti in"))
    assert (error.place.file, error.place.column) == ("rules/734.toml", 9)
    assert error.place.line == line_of("rules/734.toml", "activity in")


def test_a_condition_is_looked_for_where_it_stands_not_where_the_same_words_are_said(
    tmp_path: Path,
) -> None:
    """The words of a short condition may stand in the text that explains it."""
    text = FILES["rules/734.toml"].replace("An export or a reexport.", "It is publshed or not.")
    text = text.replace("activity in ('export', 'reexport')", "publshed")
    error = refused(tmp_path, rules__734_toml=text)
    assert text.split("\n")[error.place.line - 1] == 'when = "publshed"'


def test_a_rule_cannot_run_a_program(tmp_path: Path) -> None:
    evil = "__import__('os').system('touch licet-was-here')"
    error = refused(tmp_path, **edit("rules__744_toml", "subject_to_ear\nand", f"{evil}\nand"))
    assert "a rule cannot call __import__('os').system" in str(error)
    assert not Path("licet-was-here").exists()


def test_a_rule_that_is_named_must_exist(tmp_path: Path) -> None:
    error = refused(
        tmp_path, **edit("rules__734_toml", "ear_transaction and", "ear_transactions and")
    )
    assert "unknown fact 'ear_transactions'; did you mean ear_transaction?" in str(error)


def test_rules_cannot_rest_on_each_other_in_a_circle(tmp_path: Path) -> None:
    error = refused(
        tmp_path, **edit("rules__734_toml", "activity in ('export', 'reexport')", "subject_to_ear")
    )
    assert "rules go in a circle: ear_transaction -> subject_to_ear -> ear_transaction" in str(
        error
    )
    assert error.place.file == "rules/734.toml"


def test_a_rule_cannot_rest_on_itself(tmp_path: Path) -> None:
    error = refused(
        tmp_path, **edit("rules__734_toml", "ear_transaction and", "subject_to_ear and")
    )
    assert "circle: subject_to_ear -> subject_to_ear" in str(error)


def test_an_id_belongs_to_one_rule(tmp_path: Path) -> None:
    error = refused(tmp_path, rules__745_toml=FILES["rules/744.toml"])
    first = line_of(RULES, 'id = "entity_list"')
    assert f"rule id 'entity_list' is used twice; first in {RULES}:{first}" in str(error)
    assert (error.place.file, error.place.line) == ("rules/745.toml", first)


@pytest.mark.parametrize("entry", ["[rule]\nid = 'a'", "rule = 5", "rule = ['entity_list']"])
def test_rules_are_written_in_double_brackets_and_never_passed_over(
    tmp_path: Path, entry: str
) -> None:
    error = refused(tmp_path, rules__746_toml=entry + "\n")
    assert error.place.file == "rules/746.toml"
    assert "[[rule]]" in str(error)


@pytest.mark.parametrize(
    ("changed", "place", "reason"),
    [
        ({"rules__746_toml": "[[rules]]\n"}, "rules/746.toml:1", "unknown key 'rules'"),
        ({"rules__746_toml": "[[rule]]\nid = 'entity list'\n"}, "rules/746.toml:1", "needs an id"),
        ({"rules__746_toml": "[[rule]]\n"}, "rules/746.toml:1", "needs an id"),
        ({"rules__746_toml": "a = 1\nb = = 2\n"}, "rules/746.toml:2:5", "not TOML"),
        ({"rules__746_toml": "a = 2019-02-30\n"}, "rules/746.toml:1", "not TOML"),
        ({"rules__746_toml": b"# \xff\n"}, "rules/746.toml:1", "is not UTF-8"),
        ({"rulebook_toml": "as_of = 2026-01-01\n"}, "rulebook.toml:1", "covers_from"),
        ({"rulebook_toml": "as_of = 1\ncovers_from = 2\n"}, "rulebook.toml:1", "both dates"),
    ],
)
def test_a_wrong_file_is_refused(
    tmp_path: Path, changed: dict[str, str | bytes], place: str, reason: str
) -> None:
    error = refused(tmp_path, **changed)
    assert str(error).startswith(place)
    assert reason in str(error)


WRONG_TABLES = [
    ("CN,D:1,2017-01-01,,,unverified", "CN,D:1,2017-01-01,,unverified", 2, "5 cells, the header has 6"),
    ("CN,D:1,2017-01-01", "CN,D:1,2017-02-30", 2, "valid_from: '2017-02-30' is not a date"),
    ("IR,E:1,2017-01-01,", "IR,E:1,2017-01-01,soon", 3, "valid_until: 'soon' is not a date"),
    ("IR,E:1,2017-01-01,,", "IR,E:1,2017-01-01,,20170101x", 3, "published: '20170101x' is not"),
    ("IR,E:1,2017-01-01,", "IR,E:1,2017-01-01,2017-01-01", 3, "is not after valid_from"),
    ("IR,E:1,2017-01-01,", "IR,E:1,2017-01-01,2016-01-01", 3, "is not after valid_from"),
    ("IR,E:1,2017-01-01", "IR,E:1,", 3, "valid_from is empty; a row needs its first day"),
    ("country,group", "country,grup", 1, "column 'group' is missing"),
    ("valid_from,", "valid,", 1, "column 'valid_from' is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "reason"), WRONG_TABLES)
def test_a_wrong_table_row_is_refused_by_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    error = refused(tmp_path, **edit("tables__country_groups_csv", old, new))
    assert (error.place.file, error.place.line) == ("tables/country_groups.csv", line)
    assert reason in str(error)


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("tables_toml", 'keys = ["country", "group"]\n', "", "country_groups: keys"),
        ("tables_toml", "known_from = 2017-01-01\n", "", "country_groups: known_from must be a date"),
        ("tables_toml", "known_from", "silent_on_other = true\nknown_from", "did you mean silent_on"),
        ("facts_toml", 'type = "country"', 'type = "state"', "fact to: type 'state'; allowed: bool"),
        ("facts_toml", "[facts.to]", "[facts.to]\nchoises = []", "unknown key 'choises'"),
        ("instruments_toml", 'kind = "rule"', 'kind = "speech"', "kind 'speech'; allowed: statute"),
        ("instruments_toml", "effective = 1996-03-25\n", "", "effective is missing; it must be a"),
        ("instruments_toml", "effective = 1996-03-25", 'effective = "1996"', "must be a date; found"),
        ("instruments_toml", "84_fr_22961", "61_fr_12714", "instrument '61_fr_12714' appears twice"),
        ("instruments_toml", 'title = "Huawei is listed"\n', "", "'84_fr_22961': title is missing"),
        ("instruments_toml", 'title = "Huawei is', 'untl = 1\ntitle = "Huawei is', "mean until?"),
        ("announcements_toml", '"none"', '"some"', "'osaka_2019' must say legal_effect"),
        ("announcements_toml", 'legal_effect = "none"\n', "", "'osaka_2019' must say legal_effect"),
        ("announcements_toml", "84_fr_23468", "84_fr_1", "followed_by names no instrument: '84_fr_1'"),
        ("announcements_toml", "date = 2019-06-29\n", "", "date is missing"),
        ("announcements_toml", "when = ", "wen = ", "unknown key 'wen' in a version; did you mean when"),
        ("coverage_toml", 'status = "modelled"\n', "", "15 CFR 744.11: status"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_rules_is_checked_too(
    tmp_path: Path, file: str, old: str, new: str, reason: str
) -> None:
    error = refused(tmp_path, **edit(file, old, new))
    assert str(error).startswith(file.replace("_toml", ".toml:"))
    assert reason in str(error)


@pytest.mark.parametrize("name", ["rulebook.toml", "facts.toml", "tables/country_groups.csv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path)
    (folder / name).unlink()
    with pytest.raises(RulebookError, match="is missing from the rulebook") as caught:
        load(folder)
    assert caught.value.place.file == name


def test_the_identity_of_a_rulebook_is_its_content(tmp_path: Path) -> None:
    first = load(write(tmp_path / "a"))
    same = load(write(tmp_path / "b"))
    other = load(write(tmp_path / "c", **edit("tables__country_groups_csv", "CU,E:1", "CU,E:2")))
    comment = load(write(tmp_path / "d", rulebook_toml=FILES["rulebook.toml"] + "#\n"))
    assert first.id == same.id
    assert len({first.id, other.id, comment.id}) == 3
    (tmp_path / "b" / "notes.txt").write_text("no law")
    assert load(tmp_path / "b").id == first.id


# --- the law in force ---------------------------------------------------------------------------


def in_force(rule: str, on: dt.date, known: dt.date | None = None) -> bool:
    return rule in default_rulebook().law(on, known=known).rules


def test_the_listing_of_huawei_was_in_force_before_it_was_printed() -> None:
    """84 FR 22961 took effect on 16 May 2019 and was published on 21 May."""
    table = default_rulebook().tables["entity_list"]
    huawei = ("huawei-technologies-co-ltd.cn",)
    friday, tuesday = dt.date(2019, 5, 17), dt.date(2019, 5, 21)
    assert table.contains(huawei, dt.date(2019, 5, 15)) is False
    assert table.contains(huawei, dt.date(2019, 5, 16)) is True
    assert table.contains(huawei, friday, known=friday) is False
    assert table.contains(huawei, friday, known=tuesday) is True


def test_a_rule_is_part_of_the_law_as_known_only_once_it_is_published() -> None:
    """The Temporary General License: in force on 20 May 2019, printed on 22 May."""
    monday, wednesday = dt.date(2019, 5, 20), dt.date(2019, 5, 22)
    assert not in_force("temporary_general_license", dt.date(2019, 5, 19))
    assert in_force("temporary_general_license", monday)
    assert not in_force("temporary_general_license", monday, monday)
    assert in_force("temporary_general_license", monday, wednesday)


def test_an_extension_that_is_not_yet_known_leaves_the_older_version_in_force() -> None:
    """On 18 November 2019 the third version took effect, printed two days later."""
    on = dt.date(2019, 11, 18)
    book = default_rulebook()
    today = book.law(on).rules["temporary_general_license"].version
    then = book.law(on, known=on).rules["temporary_general_license"].version
    assert (today.instrument, then.instrument) == ("84 FR 64018", "84 FR 43487")


def test_the_general_license_had_a_hole_in_august_2020() -> None:
    days = [dt.date(2020, 8, day) for day in (13, 14, 15, 16, 17)]
    assert [in_force("temporary_general_license", day) for day in days] == [True] + [False] * 4


def test_a_version_that_ends_the_rule_ends_it(tmp_path: Path) -> None:
    ended = FILES["rules/734.toml"] + (
        '\n[[rule.version]]\neffective = 2020-01-01\npublished = 2020-01-05\n'
        'instrument = "84 FR 22961"\nends = true\n'
    )  # fmt: skip
    book = load(write(tmp_path, rules__734_toml=ended))
    assert "subject_to_ear" in book.law(dt.date(2019, 12, 31)).rules
    assert "subject_to_ear" not in book.law(dt.date(2020, 1, 1)).rules
    known = book.law(dt.date(2020, 1, 2), known=dt.date(2020, 1, 2))
    assert "subject_to_ear" in known.rules
    assert [c.what for c in changes(book, dt.date(2019, 12, 1), dt.date(2020, 2, 1))] == ["ends"]


STAYED = FILES["rules/744.toml"] + (
    "\n[[rule.stay]]\nfrom = 2025-11-10\nuntil = 2026-11-10\npublished = 2025-11-12\n"
    'instrument = "84 FR 23468"\n'
)


def test_a_stayed_rule_stays_printed_and_has_no_effect(tmp_path: Path) -> None:
    """As the Affiliates rule since 10 November 2025: half-open, and known from its publication."""
    book = load(write(tmp_path, rules__744_toml=STAYED))
    first, eve = dt.date(2025, 11, 10), dt.date(2026, 11, 9)
    assert "entity_list" in book.law(dt.date(2025, 11, 9)).rules
    assert "entity_list" in book.law(first, known=first).rules
    for day in (first, eve):
        law = book.law(day)
        assert "entity_list" not in law.rules
        assert [rule.id for rule, _ in law.stayed] == ["entity_list"]
    assert "entity_list" in book.law(dt.date(2026, 11, 10)).rules


def test_the_start_and_the_end_of_a_stay_are_changes_of_the_law(tmp_path: Path) -> None:
    book = load(write(tmp_path, rules__744_toml=STAYED))
    first, last = dt.date(2025, 11, 10), dt.date(2026, 11, 10)
    (begun,) = changes(book, dt.date(2025, 11, 1), dt.date(2025, 12, 1))
    (over,) = changes(book, dt.date(2025, 12, 1), dt.date(2026, 12, 1))
    assert (begun.what, begun.date, begun.instrument) == ("stayed", first, "84 FR 23468")
    assert (over.what, over.date, over.subject) == ("resumes", last, "entity_list")


def test_an_announcement_is_no_law_unless_it_is_assumed() -> None:
    book = default_rulebook()
    osaka = dt.date(2019, 6, 30)
    assert "osaka_2019_as_if_law" not in book.law(osaka).rules
    assumed = book.law(osaka, assume=["osaka_2019"])
    assert "osaka_2019_as_if_law" in assumed.rules
    assert "osaka_2019_as_if_law" not in book.law(dt.date(2019, 6, 28), assume=["osaka_2019"]).rules
    assert set(assumed.rules) - set(book.law(osaka).rules) == {"osaka_2019_as_if_law"}
    with pytest.raises(ValueError, match=r"no announcement 'tokyo'; there are: .*osaka_2019"):
        book.law(osaka, assume=["tokyo"])


def test_the_words_of_osaka_changed_no_law() -> None:
    assert changes(default_rulebook(), dt.date(2019, 6, 28), dt.date(2019, 6, 30)) == []


def test_what_changed_when_huawei_was_listed() -> None:
    found = changes(default_rulebook(), dt.date(2019, 5, 15), dt.date(2019, 5, 16))
    listed = [c for c in found if c.subject == "entity_list: Huawei Technologies Co., Ltd."]
    assert [(c.date, c.what) for c in listed] == [(dt.date(2019, 5, 16), "begins")]
    assert {c.instrument for c in found if c.subject == "entity_list_savings"} == {"84 FR 22961"}
    assert all(c.date == dt.date(2019, 5, 16) for c in found)


def test_a_new_version_is_an_amendment_with_its_instrument() -> None:
    found = changes(default_rulebook(), dt.date(2019, 8, 18), dt.date(2019, 8, 19))
    rules = {(c.subject, c.what, c.instrument) for c in found if ":" not in c.subject}
    assert ("temporary_general_license", "amended", "84 FR 43487") in rules
    assert ("standards_5g", "ends", "84 FR 43487") in rules


def test_changes_back_in_time_are_the_opposite() -> None:
    book, before, after = default_rulebook(), dt.date(2019, 5, 15), dt.date(2019, 5, 21)
    forward = {(c.subject, c.what) for c in changes(book, before, after)}
    back = {(c.subject, c.what) for c in changes(book, after, before)}
    swap = {"begins": "ends", "ends": "begins"}
    assert {(subject, swap.get(what, what)) for subject, what in forward} == back


def test_the_law_before_the_first_version_is_empty() -> None:
    assert default_rulebook().law(dt.date(1990, 1, 1)).rules == {}
