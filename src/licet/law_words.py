"""The codes of the compiled tables in words: scopes, exceptions, review policies, footnotes.

Each table's compiler documents its codes; here is what they say to a reader. A code that has no words here is
shown as it is, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

REASONS = {
    "AT": "anti-terrorism", "CB": "chemical and biological weapons", "CC": "crime control",
    "CW": "Chemical Weapons Convention", "EI": "encryption items", "FC": "Firearms Convention",
    "FP": "foreign policy", "MT": "missile technology", "NP": "nuclear nonproliferation",
    "NS": "national security", "RS": "regional stability", "SI": "significant items",
    "SL": "surreptitious listening", "SS": "short supply", "UN": "United Nations arms embargo",
}  # fmt: skip

SCOPES = {
    "742.6(a)(11)": "destinations of 15 CFR 742.6(a)(11), not compiled yet",
    "ae-d1-d4-d5-less-a5-a6": "the United Arab Emirates and Country Groups D:1, D:4 and D:5, but not those"
    " that are in A:5 or A:6 as well",
    "all-except-ca": "every destination except Canada",
    "cn": "China", "cn-mo": "China and Macau", "cn-ru-ve": "China, Russia and Venezuela",
    "cwc-non-parties": "states that are not party to the Chemical Weapons Convention",
    "d1-d4-d5-less-a5-a6": "Country Groups D:1, D:4 and D:5, but not those that are in A:5 or A:6 as well",
    "e1": "Country Group E:1", "iq": "Iraq", "iq-pk": "Iraq and Pakistan",
    "ir-kp": "Iran and North Korea", "kp": "North Korea", "macau-or-d5": "Macau and Country Group D:5",
    "part-754": "as 15 CFR part 754 (short supply) decides", "pk": "Pakistan", "ru": "Russia",
    "ru-by": "Russia and Belarus", "un-746.1": "countries under a United Nations arms embargo",
    "unstated": "the entry states a control but no destination", "worldwide": "every destination",
}  # fmt: skip

UNKNOWN = "not known for this day"
_READ = "the entry sets conditions that its text must be read for; this is not permission"


def column(code: str) -> str:
    """A chart column or a named scope.

    >>> column("NS 2"), column("cn-mo")
    ('Country Chart column NS 2', 'China and Macau')
    """
    if re.fullmatch(r"[A-Z]{2} \d", code):
        return f"Country Chart column {code}"
    return SCOPES.get(code, code)


def _under(paragraph: str, names: Sequence[str]) -> bool:
    """Whether a clause of these terms may bear on a paragraph (empty: on any)."""
    return not paragraph or any(
        all(_may_be(paragraph, atom) for atom in name.split("&")) for name in names
    )


def _may_be(paragraph: str, atom: str) -> bool:
    if atom.startswith("!"):
        return not (paragraph == atom[1:] or paragraph.startswith(f"{atom[1:]}."))
    return (
        atom == "?"
        or atom.isupper()
        or atom.startswith(("in-", "not-"))
        or paragraph == atom
        or paragraph.startswith(f"{atom}.")
        or atom.startswith(f"{paragraph}.")
    )


def _whom(names: str) -> str:
    """The terms of a clause.

    >>> _whom("b.2&? h&!MT"), _whom("NP a"), _whom("e&in-CA")
    ('.b.2 (on a condition of the entry), .h (if not controlled for MT)', \
'what is controlled for NP, .a', '.e (to CA)')
    """
    terms = [_term(term) for term in re.split(r"[ ,]", names)]
    return ", ".join(terms)


def _term(term: str) -> str:
    atoms = term.split("&")
    what = [f".{atom}" for atom in atoms if re.match(r"[a-z](?:\.|$)", atom)]
    what += [f"what is controlled for {atom}" for atom in atoms if re.fullmatch("[A-Z]{2}", atom)]
    more = []
    for atom in atoms:
        if atom == "?":
            more.append("on a condition of the entry")
        elif atom.startswith("in-"):
            more.append(f"to {_place(atom[3:])}")
        elif atom.startswith("not-"):
            more.append(f"not to {_place(atom[4:])}")
        elif atom.startswith("!"):
            more.append(
                f"if not controlled for {atom[1:]}" if atom[1:].isupper() else f"not .{atom[1:]}"
            )
    if not what:
        return f"items {', '.join(more)}"
    return " and ".join(what) + (f" ({', '.join(more)})" if more else "")


def _place(name: str) -> str:
    if re.fullmatch("[A-Z]{2}", name):
        return name
    if re.fullmatch(r"[A-Z]{2}:\d", name):
        return f"a country marked in {column(name.replace(':', ' '))}"
    return f"Country Group {name}"


def lvs(code: str, paragraph: str = "") -> str:
    """The value limit of License Exception LVS (740.3).

    >>> lvs("*=3000|MT=N/A")
    'up to $3,000; not for what is controlled for MT'
    >>> lvs("a b c=3000|d=6000", "d.1")
    'up to $6,000 for .d'
    """
    if code in ("N/A", "unknown", "see-entry"):
        return {"N/A": "not available", "unknown": UNKNOWN}.get(code, _READ)
    if code.isdigit():
        return f"up to ${int(code):,}"
    said = []
    for clause in code.split("|"):
        names, _, value = clause.partition("=")
        if names != "*" and not _under(paragraph, names.split()):
            continue
        limit = f"up to ${int(value):,}" if value.isdigit() else "not"
        said.append(limit if names == "*" else f"{limit} for {_whom(names)}")
    return "; ".join(said) or "not available"


def gbs(code: str, paragraph: str = "") -> str:
    """Eligibility for License Exception GBS (740.4).

    >>> gbs("yes-not:MT"), gbs("yes:b c.2", "a.1")
    ('available, but not for what is controlled for MT', 'not available for .a.1')
    """
    if code.startswith("yes:"):
        if not _under(paragraph, code[4:].split()):
            return f"not available for .{paragraph}"
        return f"available for {_whom(code[4:])}"
    if code.startswith("yes-not:"):
        return f"available, but not for {_whom(code[8:])}"
    return {"no": "not available", "yes": "available", "unknown": UNKNOWN}.get(code, _READ)


_STA = {
    "none": "not available to A:5 and A:6",
    "not-A:6": "not available to A:6",
    "no-c1": "not under 740.20(c)(1)",
    "no-c2": "not under 740.20(c)(2)",
}


def sta(code: str, paragraph: str = "") -> str:
    """What License Exception STA (740.20) may not carry.

    >>> sta("no-c1:b no-c2")
    'not under 740.20(c)(1) for .b; not under 740.20(c)(2)'
    """
    if code in ("unknown", "see-entry"):
        return UNKNOWN if code == "unknown" else _READ
    said = []
    for term in code.split():
        head = next((h for h in _STA if term == h or term.startswith(f"{h}:")), None)
        if head is None:
            said.append(term)
        elif term == head:
            said.append(_STA[head])
        elif _under(paragraph, term[len(head) + 1 :].split(",")):
            said.append(f"{_STA[head]} for {_whom(term[len(head) + 1 :])}")
    return "; ".join(said) or "the entry adds nothing to the terms of 740.20"


JURISDICTION = {
    "EAR": "Commerce (BIS), under the EAR",
    "ITAR": "State (DDTC), under the ITAR: not subject to the EAR",
    "NRC": "the Nuclear Regulatory Commission: not subject to the EAR",
    "DOE": "the Department of Energy: not subject to the EAR",
    "pointer": "the entry only points to other entries or agencies",
}

POLICIES = {
    "presumption_of_approval": "presumption of approval",
    "case_by_case": "case by case",
    "presumption_of_denial": "presumption of denial",
    "policy_of_denial": "policy of denial",
}


def _condition(text: str) -> str:
    negative, text = text.startswith("not "), text.removeprefix("not ")
    kind, _, rest = text.partition(" ")
    words = {
        "eccn": f"items of {', '.join(rest.split())}",
        "ccl": "items on the Commerce Control List",
        "hs": f"goods of HTS {', '.join(rest.split())}",
        "food_medicine": "food and medicine that are EAR99",
        "safety_of_flight": "safety of civil aviation and the safe operation of aircraft",
    }.get(kind, text)
    if text.startswith("question:"):
        words = text.removeprefix("question:").replace("-", " ")
    return f"all but {words}" if negative else words


def policy(code: str) -> tuple[str, ...]:
    """A review policy, one line for each part of a split one.

    >>> policy("case_by_case @ food_medicine|policy_of_denial")
    ('case by case for food and medicine that are EAR99', 'policy of denial for the rest')
    """
    parts = code.split("|") if code else []
    said = []
    for part in parts:
        word, _, condition = part.partition(" @ ")
        name = POLICIES.get(word, word)
        if word.startswith("see:"):
            name = "as " + ", ".join(word[4:].split()) + " says"
        if condition:
            said.append(f"{name} for {_condition(condition)}")
        else:
            said.append(f"{name} for the rest" if len(parts) > 1 else name)
    return tuple(said)


def scope(code: str) -> str:
    """The license requirement of a listing.

    >>> scope("ccl|746s7")
    'items on the Commerce Control List, or listed in Supplement No. 7 to part 746'
    >>> scope("all|when:746.8(a)(4)")
    'all items subject to the EAR; only for what 746.8(a)(4) describes'
    """
    including, limits = [], []
    for term in code.split("|"):
        if term.startswith("when:"):
            limits.append(f"only for what {term[5:]} describes")
        elif term.startswith("except:"):
            limits.append(f"except {_condition(term[7:])}")
        else:
            including.append(
                {
                    "all": "all items subject to the EAR",
                    "ccl": "items on the Commerce Control List",
                    "746s7": "listed in Supplement No. 7 to part 746",
                }.get(term, term)
            )
    return "; ".join([", or ".join(including), *limits])


FOOTNOTES = {
    "1": "foreign-made direct products also need a license: 734.9(e)(1)",
    "2": "vulnerability disclosure and cybersecurity research are outside the license requirement",
    "3": "Russian and Belarusian military end users, direct products: 734.9(g)",
    "4": "direct products for supercomputers and advanced computing: 734.9(e)(2)",
    "5": "direct products of semiconductor manufacturing: 734.9(e)(3)",
}

NOTES = {
    "crimea": "listed under the Crimea region of Ukraine",
    "not_crimea": "Russia here leaves out the Crimea region of Ukraine",
    "worldwide": "wherever located",
}


def note(code: str) -> str:
    """A remark of a listing.

    >>> note("includes:armed-forces,police")
    'includes armed forces, police'
    """
    if code.startswith("includes:"):
        return "includes " + code[9:].replace("-", " ").replace(",", ", ")
    return NOTES.get(code, code)
