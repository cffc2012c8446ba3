"""The SDN List and the Denied Persons List as dated tables: what is certain, and what is only possible."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from licet.sources.denied_persons import compile_denied
from licet.sources.ofac_names import Listed, compile_sdn, dated
from licet.sources.ofac_narrow import compile_narrow
from licet.sources.tables import read_csv

from .official import DATA, needs_official

TABLES = Path(__file__).parents[2] / "src/licet/rulebook/tables"
PALEA = Listed("PALEA D.O.O.", "organization", ("SDNTK",))


def test_a_name_first_seen_in_a_later_copy_was_possibly_listed_since_the_day_after_the_earlier() -> (
    None
):
    copies = [(dt.date(2021, 1, 1), {}), (dt.date(2021, 3, 1), {"1": PALEA})]
    ((_, entry, days),) = dated(copies, dt.date(2018, 1, 1))
    assert entry == PALEA
    assert (days["valid_from"], days["certain_from"]) == ("2021-01-02", "2021-03-01")
    assert days["valid_until"] == days["certain_until"] == ""


def test_a_name_that_is_gone_was_certainly_listed_on_the_day_of_its_last_copy_only() -> None:
    copies = [(dt.date(2021, 1, 1), {"1": PALEA}), (dt.date(2021, 3, 1), {})]
    ((_, _, days),) = dated(copies, dt.date(2018, 1, 1))
    assert (days["certain_until"], days["valid_until"]) == ("2021-01-02", "2021-03-01")


@needs_official
def test_the_packaged_tables_equal_a_fresh_compile(tmp_path: Path) -> None:
    compile_sdn(DATA, TABLES / "countries.csv", tmp_path / "sdn.csv", first=dt.date(2018, 1, 1))
    compile_denied(
        DATA / "bis", TABLES / "denied_persons_added.csv", tmp_path / "denied_persons.csv"
    )
    compile_narrow(
        DATA, TABLES / "countries.csv", tmp_path / "ofac_narrow.csv", first=dt.date(2018, 1, 1)
    )
    for name in ("sdn.csv", "denied_persons.csv", "ofac_narrow.csv"):
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes(), name


def test_ztes_denial_order_ran_from_april_to_july_2018() -> None:
    (row,) = [r for r in read_csv(TABLES / "denied_persons.csv") if r["name"] == "ZTE Corporation"]
    assert (row["valid_from"], row["valid_until"]) == ("2018-04-15", "2018-07-13")
