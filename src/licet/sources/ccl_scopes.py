"""What a Country Chart cell of the Commerce Control List means: a column, or a named scope.

Every wording ever printed is mapped here, to a column of the chart or to a destination scope with
the section that defines it. A wording never seen fails and names itself: it may not be dropped.
"""

from __future__ import annotations

import re
from pathlib import Path

from licet.sources import country_history as history
from licet.sources.errors import SourceError
from licet.sources.tables import DATED, KNOWN_FROM, Span, render

# Sections that explain the chart columns.
_COLUMN_CITES = {
    "NS": "15 CFR 742.4",
    "MT": "15 CFR 742.5",
    "NP": "15 CFR 742.3",
    "CB": "15 CFR 742.2",
    "RS": "15 CFR 742.6",
    "CC": "15 CFR 742.7",
    "FC": "15 CFR 742.17",
    "AT": "15 CFR 742.8 to 742.10, 742.19",
}
_DGROUPS = r"destinations? specified in (?:Country Groups? )?D:1, D:4,? (?:and|or) D:5"
_MACAU = r"Macau or a destination specified in Country Group D:5"
# (pattern of the wording, scope): the first that matches from the start counts.
_WORDINGS: tuple[tuple[str, str], ...] = (
    (r"See § 7(?:46|64)\.1(?:\(b\))? (?:of the EAR )?for UN controls", "un-746.1"),
    (r"China,? Russia,? or Venezuela \(see § 742\.6\(a\)\(7\)\)", "cn-ru-ve"),
    (r"China \(see § 742\.6\(a\)\([67]\)\)", "cn"),
    (r"China and Macau \(see § 742\.6\(a\)\(6\)\)", "cn-mo"),
    (r"To or within destinations specified in Country Group D:5 .* or Macau", "macau-or-d5"),
    (r"Worldwide(?: control)?[.,]? ?\(?See §", "worldwide"),
    (r"To or within any destination worldwide", "worldwide"),
    (rf"To or within the United Arab Emirates or {_DGROUPS}", "ae-d1-d4-d5-less-a5-a6"),
    (
        r"To or within destinations specified in Country Groups D:1, D:4, and D:5",
        "d1-d4-d5-less-a5-a6",
    ),
    (rf"To or within (?:either )?{_MACAU}", "macau-or-d5"),
    (r"See § 742\.6\(a\)\(11\)", "742.6(a)(11)"),
    (r"See § 746\.8", "ru-by"),
    (r"See § 746\.5", "ru"),
    (r"A license is required for (?:ALL|all) destinations, except Canada", "all-except-ca"),
    (r"A license is required for (?:ALL|all) destinations", "worldwide"),
    (r"Refer to § 742\.15", "all-except-ca"),
    (r"See § 742\.14", "all-except-ca"),
    (r"A license is required for CW reasons to CWC non-States Parties", "cwc-non-parties"),
    (r"A license is required .* to Iraq or Pakistan", "iq-pk"),
    (r"A license is required .* to Iraq", "iq"),
    (r"A license is required .* to Pakistan", "pk"),
    (r"A license is required .* to North Korea", "kp"),
    # 4A001 says that NP applies "unless a License Exception is available" and gives no column.
    (r"N/A", "unstated"),
)
_SECTION = re.compile(r"7\d\d\.\d+(?:\([a-zA-Z0-9]+\))*")
# Sections that a wording leaves out.
_CITES = {"kp": "15 CFR 742.19", "all-except-ca": "15 CFR 742.7", "unstated": "15 CFR 742.3(b)"}


def destination(control: str, chart: str, reason: str, eccn: str, path: Path) -> tuple[str, str]:
    """The column ("NS 2") or scope id of one chart cell, and the citation of the control.

    ``control`` is the cell beside it, which says it all where the chart cell is empty. Raises
    ``SourceError`` naming the wording and the ECCN when it was never seen.
    """
    wording = " ".join(chart.split())
    column = re.match(r"(?:([A-Z]{2}) )?(?:Column|col\.?) (\d)", wording, re.IGNORECASE)
    if column:
        code = f"{column[1] or reason} {column[2]}"
        sections = _SECTION.findall(wording)
        return code, f"15 CFR {sections[0]}" if sections else _COLUMN_CITES[code[:2]]
    if not wording:
        if "non-States Parties" in control or "States not Party" in control:
            return "cwc-non-parties", "15 CFR 742.18"
        return "unstated", _COLUMN_CITES.get(reason, "15 CFR 742")
    for pattern, scope in _WORDINGS:
        if re.match(pattern, wording, re.IGNORECASE):
            sections = [found for found in _SECTION.findall(wording) if not found.startswith("740")]
            cite = f"15 CFR {sections[0]}" if sections else _CITES.get(scope, "15 CFR 742")
            return scope, cite.replace("764.1(b)", "746.1(b)")
    raise SourceError(
        path, None, f"{eccn}: a Country Chart wording never seen: {wording!r}; map it in ccl_scopes"
    )


# Scopes that name their countries: (scope, countries, from, source).
_NAMED: tuple[tuple[str, str, str, str], ...] = (
    (
        "un-746.1",
        "CD CF ER IQ IR KP LB LY SD SO",
        KNOWN_FROM,
        "15 CFR 746.1(b)(2); unverified before 2025-01-01",
    ),
    ("cn", "CN", KNOWN_FROM, "15 CFR 742.6(a)(7)"),
    ("cn-mo", "CN MO", KNOWN_FROM, "15 CFR 742.6(a)(6)"),
    ("cn-ru-ve", "CN RU VE", KNOWN_FROM, "15 CFR 742.6(a)(7)"),
    ("ru", "RU", KNOWN_FROM, "15 CFR 746.5"),
    ("ru-by", "RU", "2022-02-24", "15 CFR 746.8; 87 FR 12226; unverified"),
    ("ru-by", "BY", "2022-03-02", "15 CFR 746.8; 87 FR 13048; unverified"),
    ("iq", "IQ", KNOWN_FROM, "15 CFR 746.3"),
    ("pk", "PK", KNOWN_FROM, "15 CFR 742.6(a)(12)"),
    ("iq-pk", "IQ PK", KNOWN_FROM, "15 CFR 742.6, 746.3"),
    ("kp", "KP", KNOWN_FROM, "15 CFR 742.19"),
    ("ir-kp", "IR KP", KNOWN_FROM, "15 CFR 742.19, part 746"),
    # Not in Supplement No. 2 to part 745; Israel and Taiwan, also absent, are excepted by 742.18.
    ("cwc-non-parties", "EG KP SS", KNOWN_FROM, "15 CFR 742.18, 745 Supp. 2; unverified"),
    ("worldwide", "*", KNOWN_FROM, "every destination"),
    # A leading ! means every destination but this one. A row "*" beside it would take Canada in again.
    ("all-except-ca", "!CA", KNOWN_FROM, "every destination except Canada"),
    # The members are not known here: "?" keeps every destination undecided.
    ("742.6(a)(11)", "?", KNOWN_FROM, "15 CFR 742.6(a)(11): members to be compiled"),
    ("unstated", "?", KNOWN_FROM, "the entry states a control but no destination"),
    ("part-754", "?", KNOWN_FROM, "short supply: 15 CFR part 754 decides"),
)

Membership = tuple[str, str, Span]


def _cut(span: Span, holes: list[Span]) -> list[Span]:
    """What is left of an interval outside of other intervals (ISO days compare as text)."""
    left = [span]
    for hole in holes:
        rest: list[Span] = []
        for piece in left:
            until, hole_until = piece.valid_until or "9999", hole.valid_until or "9999"
            if hole.valid_from >= until or hole_until <= piece.valid_from:
                rest.append(piece)
                continue
            if piece.valid_from < hole.valid_from:
                rest.append(piece._replace(valid_until=hole.valid_from))
            if hole_until < until:
                rest.append(piece._replace(valid_from=hole_until, published=""))
        left = rest
    return left


def _union(spans: list[Span]) -> list[Span]:
    """Intervals joined where they touch or overlap, with the sources of their parts."""
    joined: list[Span] = []
    for span in sorted(spans):
        last = joined[-1] if joined else None
        if last and (not last.valid_until or span.valid_from <= last.valid_until):
            if last.valid_until and (not span.valid_until or span.valid_until > last.valid_until):
                joined[-1] = last._replace(valid_until=span.valid_until)
        else:
            joined.append(span)
    return joined


def compile_scopes(memberships: list[Membership]) -> str:
    """``destination_scopes.csv``: countries of every named scope, dated as their groups are.

    ``*`` is every destination, ``!CA`` every one but Canada, ``?`` says that the members are not
    known (every destination stays undecided).
    """

    def held(country: str, *groups: str) -> list[Span]:
        return [span for code, group, span in memberships if code == country and group in groups]

    rows: list[tuple[str, ...]] = []
    for scope, members, since, source in _NAMED:
        for country in members.split():
            rows.append((scope, country, *Span(since, "", "", source)))
            if country == "CN":
                joined = max(since, history.HONG_KONG_JOINED)
                rows.append(
                    (scope, "HK", *Span(joined, "", "", f"as CN: {history.HONG_KONG_CITE}"))
                )
    countries = sorted({code for code, _, _ in memberships})
    for country in countries:
        for span in _union(held(country, "D:5")):
            rows.append(("macau-or-d5", country, *span._replace(source="Country Group D:5")))
        for span in _union(held(country, "E:1")):
            rows.append(("e1", country, *span._replace(source="Country Group E:1")))
        favored = held(country, "A:5", "A:6")
        for span in _union(held(country, "D:1", "D:4", "D:5")):
            for piece in _cut(span, favored):
                less = piece._replace(source="D:1, D:4 or D:5, not A:5 or A:6")
                rows.append(("d1-d4-d5-less-a5-a6", country, *less))
                rows.append(("ae-d1-d4-d5-less-a5-a6", country, *less))
    rows.append(("macau-or-d5", "MO", *Span(KNOWN_FROM, "", "", "Macau, named beside D:5")))
    rows.append(("ae-d1-d4-d5-less-a5-a6", "AE", *Span(KNOWN_FROM, "", "", "named by the scope")))
    return render(("scope", "country", *DATED), rows)
