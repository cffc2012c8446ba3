"""What changed in the Country Chart and Country Groups before the official texts at hand.

Facts by Federal Register citation, written down by hand: every row that comes from here is marked
``unverified`` in the compiled tables until the official text of its day has been read.
"""

from __future__ import annotations

# Hong Kong was a destination of its own until 85 FR 83788; since then it follows China.
HONG_KONG_JOINED = "2020-12-23"
HONG_KONG_CITE = "85 FR 83788"
HONG_KONG_MARKS = ("CB 1", "CB 2", "NP 1", "NS 1", "MT 1", "RS 1", "CC 1", "CC 3")
HONG_KONG_GROUPS = ("A:6", "B")

# BIS's export shows the chart from the first day to the second; only CC 2 differs from today's.
EXPORT_FROM, EXPORT_UNTIL = "2024-05-30", "2025-09-30"
EXPORT_PUBLISHED = "2024-04-30"
EXPORT_CITE = "89 FR 34680 to 90 FR 47170"

# (countries, columns, until, citation): marks that a rule removed.
MARKS_REMOVED: tuple[tuple[str, str, str, str], ...] = (
    ("AU GB", "NS 1|MT 1|RS 1", "2024-04-19", "89 FR 28594"),
    ("AT CH FI IE KR LI SE", "CC 1|CC 3", "2023-12-08", "88 FR 85479"),
    ("SD", "AT 1|AT 2", "2021-01-14", "86 FR 4929"),
)
# (countries, columns, from, citation): marks of today that a rule added.
MARKS_ADDED: tuple[tuple[str, str, str, str], ...] = (
    ("VE", "CB 3|NP 2", "2019-05-24", "84 FR 24018"),
)

# (countries, groups, until, citation): memberships that ended.
LEFT: tuple[tuple[str, str, str, str], ...] = (
    ("SD", "E:1", "2021-01-14", "86 FR 4929"),
    ("VE", "B", "2019-05-24", "84 FR 24018"),
    ("RU", "A:2|A:4", "2020-02-24", "85 FR 10274"),
    ("YE", "B", "2020-02-24", "85 FR 10274"),
    ("UA", "D:1", "2020-12-28", "85 FR 84211"),
    ("MM", "B", "2021-03-08", "86 FR 13173"),
    ("NI", "B", "2024-03-15", "89 FR 18780"),
    ("CY", "D:5", "2024-05-10", "EAR conforming rule 2024-05-10"),
    ("IN", "A:6", "2018-08-03", "83 FR 38018"),
    # The CCL of 2026-06-24 still reaches the Emirates through D:4, the one of 2026-07-23 by name.
    ("AE", "D:3|D:4", "2026-07-23", "rule between 2026-06-24 and 2026-07-23"),
)
# (countries, groups, from, citation): memberships of today that began after 2017-01-01.
JOINED: tuple[tuple[str, str, str, str], ...] = (
    ("SD", "B", "2021-01-14", "86 FR 4929"),
    ("VE", "D:1|D:2|D:3|D:4", "2019-05-24", "84 FR 24018"),
    ("RU", "D:2|D:4", "2020-02-24", "85 FR 10274"),
    ("RU", "D:5", "2021-03-18", "86 FR 14802 (22 CFR 126.1)"),
    ("YE", "D:1", "2020-02-24", "85 FR 10274"),
    ("UA", "B", "2020-12-28", "85 FR 84211"),
    ("CY MX", "A:6", "2020-12-28", "85 FR 84211"),
    ("MM", "D:1", "2021-03-08", "86 FR 13173"),
    ("NI", "D:1|D:5", "2024-03-15", "89 FR 18780"),
    ("SS", "D:5", "2018-02-14", "83 FR 6457 (22 CFR 126.1)"),
    ("IN", "A:5", "2018-08-03", "83 FR 38018"),
)
# (country, group, from, until, citation): memberships that began and ended in the period.
SPELLS: tuple[tuple[str, str, str, str, str], ...] = (
    ("KH", "D:5", "2021-12-09", "2026-02-04", "86 FR 70015 to EAR conforming rule 2026-02-04"),
)
# Known today, but the day on which it began is not: before the official text, silence.
ONLY_SINCE_TEXT: tuple[tuple[str, str], ...] = (("AE", "A:5"),)
