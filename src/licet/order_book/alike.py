"""Rows that the law cannot tell apart made one, so that each kind of order is decided once.

Two are alike where they differ in ids and free texts, in the names and addresses of parties on no list, in
countries of which the law says the same, or in amounts between the same two limits. What a rule compares with
another fact of the order stays as it is, and so do the amounts of an order of several lines, which are added
up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from licet.decide.marks import roles_of_compared_names
from licet.law.rulebook import Law, Rulebook
from licet.order_book.amounts import AMOUNTS, LIMITS, amounts
from licet.order_book.book import OrderBook, room
from licet.order_book.compared import may_be_alike, told_by_name
from licet.order_book.countries import told_apart
from licet.order_book.screened import MAKERS, OF_PARTY, cell, parties_of
from licet.order_columns import COLUMNS

_UNREAD = re.compile(r"id|line\.description|end_use\.statement|party\d\.id")
"""Columns that no rule reads."""
_COUNTRIES = (
    "to", "from", "line.made_in",
    *(f"party{at}.{name}" for at in range(1, 10) for name in ("country", "headquarters")),
)  # fmt: skip
_CLEAR, _PLACE = "nobody on a list", "an address on no list"


def make_alike(book: OrderBook, rulebook: Rulebook, laws: Sequence[Law]) -> int:
    """Give each order the key of the orders that are like it; how many kinds there are.

    Makes the table ``keyed`` (n, key, place: the place of the line in its order) and ``kinds`` (key, place, n,
    the columns of the first such order as far as rules read them): ``n`` is the number of the kind.
    """
    with room(book.folder):
        alike = _Alike(book, rulebook, laws)
        alike.parties()
        alike.makers()
        alike.countries()
        alike.amounts()
        return alike.make()


class _Alike:
    """What each column becomes, as SQL over a row ``b``, and the joins that this takes."""

    def __init__(self, book: OrderBook, rulebook: Rulebook, laws: Sequence[Law]) -> None:
        self.book, self.rulebook, self.laws = book, rulebook, laws
        read = [one for one in COLUMNS if one in book.columns and not _UNREAD.fullmatch(one)]
        self.said = {one: f'b."{one}"' for one in read}
        self.joins = ["LEFT JOIN lines_of_orders lo ON lo.n = b.n"]
        self.cleared: dict[int, str] = {}

    def _cell(self, column: str) -> str:
        return cell(self.book, column)

    def _free(self, column: str) -> str:
        return may_be_alike(self.rulebook, column, self.book.columns)

    def parties(self) -> None:
        """Names and addresses of parties on no list."""
        parties = parties_of(self.book)
        compared = self._names_compared()
        for at in parties:
            own = [self._cell(f"party{at}.{name}") for name in OF_PARTY]
            self.joins.append(_clear_join("clear", f"c{at}", own))
            more = [self._cell(f"party{at}.{name}") for name in ("owners", "uses_equipment_of")]
            plain = [f"COALESCE({one}, '[]') = '[]'" for one in more]
            # A license names parties: their names count then. Numbers and births tell people apart too.
            unset = [f"party{at}.{name}" for name in ("disposition", "identifiers", "born")]
            plain += [f"{self._cell(one)} IS NULL" for one in (*unset, "license.parties")]
            self.cleared[at] = test = " AND ".join([f"c{at}.name IS NOT NULL", *plain])
            name = f"party{at}.name"
            # Parties of one name stay of one name where a rule may compare them.
            same = " ".join(
                f"WHEN b.\"{name}\" = {self._cell(f'party{one}.name')} THEN '{one}'"
                for one in parties[: parties.index(at) + 1]
            )
            test_of_name = f"{test} AND {self._unnamed(name)}"
            nobody = (
                f"concat('{_CLEAR} ', CASE WHEN {compared} THEN CASE {same} END ELSE '{at}' END)"
            )
            self.said[name] = f'CASE WHEN {test_of_name} THEN {nobody} ELSE b."{name}" END'
            if (column := f"party{at}.address") in self.said:
                address = f'b."{column}"'
                there = f"{test} AND {address} IS NOT NULL"
                self.said[column] = f"CASE WHEN {there} THEN '{_PLACE}' ELSE {address} END"

    def _names_compared(self) -> str:
        """Whether a row has a party whose name a rule may compare with that of another, as SQL."""
        roles = roles_of_compared_names(self.laws)
        if roles is None or self.book.orders:
            return "TRUE"
        choices = ", ".join(f"'{role}'" for role in sorted(roles)) or "NULL"
        found = ["FALSE"]
        for at in range(1, 10):
            own = [one for one in self.book.columns if one.startswith(f"party{at}.")]
            role = self._cell(f"party{at}.role")
            there = " OR ".join(f'b."{one}" IS NOT NULL' for one in own)
            if own:
                found.append(f"COALESCE({role} IN ({choices}), {role} IS NULL AND ({there}))")
        return f"({' OR '.join(found)})"

    def _unnamed(self, column: str) -> str:
        """Whether a name is none that law calls by name, and is compared with no fact but other names
        of parties."""
        called = told_by_name(self.rulebook, column)
        listed = ", ".join("'" + one.replace("'", "''") + "'" for one in sorted(called))
        by_name = f'b."{column}" NOT IN ({listed})' if called else "TRUE"
        # Which parties have one name is kept, so that their names may be compared with one another.
        party = re.compile(r"party\d\.name")
        rest = [
            c for c in self.book.columns if not (party.fullmatch(column) and party.fullmatch(c))
        ]
        return f"{by_name} AND {may_be_alike(self.rulebook, column, rest)}"

    def makers(self) -> None:
        """Makers on no list."""
        for number, one in enumerate(maker for maker in MAKERS if maker in self.said):
            own = [f'b."{one}"', "NULL", "NULL", "NULL"]
            self.joins.append(_clear_join("clear_makers", f"m{number}", own))
            test = f"m{number}.name IS NOT NULL AND {self._unnamed(one)}"
            self.said[one] = f"CASE WHEN {test} THEN '{_CLEAR}' ELSE b.\"{one}\" END"

    def countries(self) -> None:
        """Countries of which the law says the same."""
        direct = f"COALESCE({self._cell('shipment.via')}, '[]') = '[]'"
        for number, column in enumerate(one for one in _COUNTRIES if one in self.said):
            own = f'b."{column}"'
            party = column[5] if column.startswith("party") else ""
            codes = told_apart(self.rulebook, self.laws, "party.country" if party else column)
            alike = pa.table([list(codes), list(codes.values())], names=["code", "alike"])
            self.book.connection.register(f"alike_{number}", alike)
            self.joins.append(f"LEFT JOIN alike_{number} k{number} ON k{number}.code = {own}")
            # Where somebody may be listed, his own country counts.
            test = self.cleared.get(int(party), "FALSE") if party else direct
            test += f" AND {self._free(column)}"
            self.said[column] = (
                f"CASE WHEN {test} THEN COALESCE(k{number}.alike, {own}) ELSE {own} END"
            )

    def amounts(self) -> None:
        """Amounts between the same limits, of orders of one line."""
        for column in (one for one in AMOUNTS if one in self.said):
            alias = "a_" + column.partition(".")[2]
            self.book.connection.register(alias, amounts(column, self.rulebook, self.laws))
            own = f'b."{column}"'
            value = f"TRY_CAST({own} AS DOUBLE)"
            entry = f"split_part({self._cell('line.eccn')}, '.', 1)"
            known = f"SELECT DISTINCT entry FROM {alias}"
            none = f"WHEN {self._cell('line.eccn')} IS NULL THEN '?'"
            entry = f"CASE {none} WHEN {entry} IN ({known}) THEN {entry} ELSE '' END"
            self.joins.append(
                f"LEFT JOIN {alias} ON {alias}.entry = {entry} "
                f"AND {value} >= {alias}.low AND {value} < {alias}.high"
            )
            test = f"lo.n IS NULL AND {may_be_alike(self.rulebook, column, self.book.columns, but=LIMITS)}"
            self.said[column] = (
                f"CASE WHEN {test} THEN COALESCE({alias}.alike, {own}) ELSE {own} END"
            )

    def make(self) -> int:
        """Make the tables; how many kinds there are."""
        shown = ", ".join(f'{sql} AS "{column}"' for column, sql in self.said.items())
        source = f"FROM book b {' '.join(self.joins)}"
        # Texts of any content side by side: lengths tell where one ends.
        parts = ", ".join(
            f"COALESCE(concat(length({sql}), ':', {sql}), '-')" for sql in self.said.values()
        )
        parts = parts or "'nothing'"
        run = self.book.connection.execute
        one = "keyed" if not self.book.orders else "keyed_rows"
        spoiled = "WHERE NOT EXISTS (FROM spoiled s WHERE s.n = b.n)"
        run(
            f"CREATE TABLE {one} AS SELECT b.n, md5_number(concat({parts})) AS key, 0 AS place "
            f"{source} {spoiled}"
        )
        if self.book.orders:
            run(
                "CREATE TABLE keyed AS SELECT r.n, r.key, 0 AS place FROM keyed_rows r "
                "ANTI JOIN lines_of_orders l ON l.n = r.n "
                "UNION ALL SELECT l.n, o.key, l.place FROM lines_of_orders l JOIN (SELECT l.order_n, "
                "md5_number(string_agg(r.key, ' ' ORDER BY l.place)) AS key FROM lines_of_orders l "
                "JOIN keyed_rows r ON r.n = l.n GROUP BY l.order_n) o ON o.order_n = l.order_n "
                "JOIN keyed_rows r ON r.n = l.n"
            )
            run("DROP TABLE keyed_rows")
        # The lines of the first order of each kind.
        first = "SELECT key, min(n) AS first FROM keyed WHERE place = 0 GROUP BY key"
        if self.book.orders:
            first = (
                f"SELECT f.key, f.first, COALESCE(m.n, f.first) AS n, COALESCE(m.place, 0) AS place "
                f"FROM ({first}) f LEFT JOIN lines_of_orders o ON o.n = f.first "
                "LEFT JOIN lines_of_orders m ON m.order_n = o.order_n"
            )
        else:
            first = f"SELECT key, first, first AS n, 0 AS place FROM ({first})"
        run(
            "CREATE TABLE kinds AS SELECT f.key, f.place, f.first AS n, s.* EXCLUDE (n) "
            f"FROM ({first}) f JOIN (SELECT b.n, {shown} {source}) s ON s.n = f.n ORDER BY f.first, f.place"
        )
        return int(run("SELECT count(DISTINCT n) FROM kinds").fetchall()[0][0])


def _clear_join(table: str, alias: str, cells: Sequence[str]) -> str:
    on = " AND ".join(
        f"{alias}.{name} IS NOT DISTINCT FROM {one}"
        for name, one in zip(OF_PARTY, cells, strict=True)
    )
    return f"LEFT JOIN {table} {alias} ON {on}"


def columns_of_kinds(book: OrderBook) -> tuple[str, ...]:
    """The columns of ``kinds`` after the number of the kind."""
    found = book.connection.execute(
        "DESCRIBE SELECT * EXCLUDE (key, place, n) FROM kinds"
    ).fetchall()
    return tuple(str(one[0]) for one in found)


def kinds(book: OrderBook, *, at_once: int) -> Iterator[list[tuple[Any, ...]]]:
    """The orders that stand for all orders like them, some at once: a row for each line.

    A row is the number of the kind and the cells of a line; rows of one number are the lines of one order, and
    stay together.
    """
    cursor = book.cursor()
    # Orders that differ in the worth of the line alone lie side by side, for they may be decided together;
    # items without an ECCN, which ask for most, come first, so that nobody waits for them at the end.
    columns = columns_of_kinds(book)
    names = ", ".join(f'"{one}"' for one in columns if one != "line.value_usd") or "n"
    item = '"line.eccn" NULLS FIRST, ' if "line.eccn" in columns else ""
    heads = f"SELECT *, min(n) OVER (PARTITION BY {names}) AS first FROM kinds WHERE place = 0"
    order = f"SELECT n, row_number() OVER (ORDER BY {item}first, n) AS at_ FROM ({heads})"
    cursor.execute(
        f"SELECT k.* EXCLUDE (key, place) FROM kinds k JOIN ({order}) h ON h.n = k.n "
        "ORDER BY h.at_, k.place"
    )
    some = cursor.fetchmany(at_once)
    while some:
        # An order whose lines may go on in the next rows waits for them.
        more = cursor.fetchmany(at_once)
        last = some[-1][0]
        whole = next((at for at in range(len(some), 0, -1) if some[at - 1][0] != last), 0)
        cut = whole if more else len(some)
        if cut:
            yield some[:cut]
        some = some[cut:] + more
