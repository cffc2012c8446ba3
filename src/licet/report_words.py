"""The words of a memo: outcomes, lists, duties, review policies, days and citations as people write them."""

from __future__ import annotations

import datetime as dt
import re

from licet.decision import HOLD, NEEDS_INFORMATION, Authority

OUTCOMES = {
    "not_subject": "not subject to the EAR",
    "no_license_required": "no license required",
    "permitted": "permitted",
    "license_exception": "license exception available",
    "general_license": "covered by a general license",
    "licensed": "covered by a license",
    "license_required": "license required",
    "prohibited": "prohibited",
    HOLD: "hold: settle this first",
    NEEDS_INFORMATION: "more information needed",
}
MEANINGS = {
    "not_subject": "The EAR do not reach the item or the activity, and no other regime that was asked bars it.",
    "no_license_required": "No modelled requirement stands on the facts given. It approves nothing.",
    "permitted": "As no license required, outside the EAR: import, procurement, dealing, payment.",
    "license_exception": "A license is required, and exceptions of part 740 lift each requirement that stands.",
    "general_license": "A license is required, and a general license for everybody lifts each requirement.",
    "licensed": "A license is required, and the license that the order states covers it.",
    "license_required": "A requirement stands; the review policy says how an application would be judged.",
    "prohibited": "A prohibition stands, and its rule foresees no license.",
    HOLD: "It would pass but for a possible match or a red flag, which a person has to settle first.",
    NEEDS_INFORMATION: "The best and the worst outcome differ; the facts that decide are named.",
}
"""What each outcome says, in a sentence."""
DUTIES = {
    "eei": "file Electronic Export Information (EEI) in AES",
    "dcs": "put the destination control statement on the commercial invoice",
    "uvl_statement": "obtain the UVL statement from the consignee",
    "records": "keep records",
    "prc_end_user_statement": "obtain the PRC end-user statement for the application",
}
LISTS = {
    "EL": "the Entity List",
    "UVL": "the Unverified List",
    "MEU": "the Military End-User List",
    "DPL": "the Denied Persons List",
    "SDN": "the SDN List",
    "S889": "the list of makers in section 889(f)(3)",
    "FCC": "the FCC Covered List",
    "PRIVATE": "the list of a private letter",
}
# OFAC's lists with narrower effects: no ban on goods follows from them alone.
NARROW = {
    "CMIC": "OFAC's list of Chinese military companies (securities)",
    "SSI": "OFAC's list of sectoral sanctions (debt and equity)",
    "MBS": "OFAC's list of menu-based sanctions",
    "CAPTA": "OFAC's list for correspondent accounts",
    "FSE": "OFAC's list of evaders of foreign sanctions",
    "PLC": "OFAC's list of the Palestinian Legislative Council",
}
# Lists that no modelled rule reads.
OTHER_LISTS = {
    "UN": "the UN Security Council's list",
    "EU": "the EU's list of financial sanctions",
    "UK": "the UK's sanctions list",
    "CA": "Canada's sanctions list",
    "ISN": "the State Department's nonproliferation sanctions",
    "DTC": "the State Department's list of debarred parties",
    "EO13599": "OFAC's list under E.O. 13599",
}
# Lists that bear on procurement and equipment authorization, and on no export.
OWN_REGIMES = frozenset({"S889", "FCC"})
_POLICIES = {
    "presumption_of_approval": "a presumption of approval",
    "case_by_case": "case-by-case review",
    "presumption_of_denial": "a presumption of denial",
    "policy_of_denial": "a policy of denial",
}


def list_name(code: str) -> str:
    """A list in words; one of the user's own by its code.

    >>> list_name("SDN"), list_name("OWN")
    ('the SDN List', 'the list OWN')
    """
    return LISTS.get(code) or NARROW.get(code) or OTHER_LISTS.get(code) or f"the list {code}"


def words(text: str) -> str:
    """A code word as people write it: ``presumption_of_denial`` as "presumption of denial"."""
    return text.replace("_", " ")


def policy(name: str) -> str:
    """A review policy in words.

    >>> policy("case_by_case")
    'case-by-case review'
    """
    return _POLICIES.get(name, words(name))


def day(date: dt.date) -> str:
    """A day in words, the same in every locale.

    >>> day(dt.date(2019, 5, 16))
    '16 May 2019'
    """
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def in_words(text: str) -> str:
    """A text with its days in words.

    >>> in_words("on or before 2019-05-16")
    'on or before 16 May 2019'
    """
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda m: day(dt.date.fromisoformat(m[0])), text)


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def published_in(cite: str) -> str:
    """A listing's citation with its day in words.

    >>> published_in("84 FR 22963 2019-05-21")
    '84 FR 22963, 21 May 2019'
    """
    found = re.fullmatch(r"(.+\S),? (\d{4}-\d\d-\d\d)", cite)
    return f"{found[1]}, {day(dt.date.fromisoformat(found[2]))}" if found else cite


def cited(authority: Authority) -> str:
    """Where a rule stands, since when, and by which instrument."""
    if authority.assumed:
        return authority.cite
    by = "" if authority.instrument in authority.cite else f" ({authority.instrument})"
    mark = "" if authority.verified else "; not yet compared with the official text"
    private = f"; private rule of {authority.private}" if authority.private else ""
    return f"{authority.cite}, since {day(authority.since)}{by}{mark}{private}"


def fold(name: str) -> str:
    """A name without case and punctuation, for telling whether two spellings read the same."""
    return re.sub(r"\W+", " ", name.casefold()).strip()
