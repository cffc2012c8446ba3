"""The license requirement and review policy of Entity List entries, as structured values.

**Scope** (column "License requirement"): terms joined by ``|``. An item is covered when one of the
including terms holds and no limiting term fails:

* ``all`` all items subject to the EAR; ``ccl`` items on the Commerce Control List; ``746s7`` items
  listed in supplement no. 7 to part 746
* ``when:746.8(a)(4)`` only for what that paragraph describes
* ``except:CONDITION`` not these; CONDITION as in policies below

**Policy** (column "License review policy"): alternatives joined by ``|``, first match wins, the
default last. Each is ``POLICY`` or ``POLICY @ CONDITION``; POLICY is presumption_of_approval,
case_by_case, presumption_of_denial, policy_of_denial or ``see:PARAGRAPH PARAGRAPH`` when the entry
refers to other paragraphs for it. CONDITION is one of

* ``eccn A B`` / ``not eccn A B`` the item is (is not) in one of these entries or paragraphs
* ``ccl``, ``hs A B`` (headings of the Harmonized System, a prefix counts)
* ``food_medicine`` food or medicine designated EAR99
* ``safety_of_flight`` safety of civil aviation and safe operation of aircraft
* ``question:SLUG`` something only a person can answer

A wording that no shape here explains raises ``ValueError`` with the wording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECTION = r"\d{3}\.\d+(?:\([a-z0-9]+\))*"
_REFERENCE = re.compile(
    rf"\(?\s*see?\s+§+\s*{_SECTION}(?:(?:,|\s|and|§)+{_SECTION})*"
    r"\)?[\s.)]*(?:of (?:the EAR|this part))?[\s.)]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the requirement cell says: scope, usable license exceptions, references, remarks."""

    scope: str
    exceptions: str
    see: tuple[str, ...]
    notes: tuple[str, ...] = ()


# Tails of requirement cells: pattern -> (scope terms, exceptions, notes).
_TAILS: tuple[tuple[str, tuple[str, ...], str, tuple[str, ...]], ...] = (
    (
        r"when used in projects specified in § 746\.8\(a\)\(4\) of the EAR",
        ("when:746.8(a)(4)",), "", (),
    ),
    (
        r"This license requirement may be overcome by License Exception GOV under "
        r"§ 740\.11\(b\)\(2\) and \(e\)",
        (), "GOV 740.11(b)(2) 740.11(e)", (),
    ),
    (
        r"This license requirement may be overcome by License Exception GOV under § 740\.11\(b\) "
        r"when used by the U\.S\.? Geological Survey",
        (), "GOV 740.11(b) @ question:used-by-us-geological-survey", (),
    ),
    (
        r"The license requirements under this entry also extend to any export, reexport and "
        r"transfer \(in-country\) to the entity wherever located worldwide",
        (), "", ("worldwide",),
    ),
    (
        r"Russia does not include the “Crimea region of Ukraine,” as that term is defined in "
        r"section 8\(d\) of E\.O\. 13685",
        (), "", ("not_crimea",),
    ),
    (
        r",? apart from items that are related to transactions that are authorized by the "
        r"Department of the Treasury's Office of Foreign Assets Control pursuant to General "
        r"License No\. 11 of December 20, 2016",
        ("except:question:authorized-by-ofac-general-license-11",), "", (),
    ),
    (
        r",? apart from items that are related to transactions that are authorized by the "
        r"Department of the Treasury's Office of Foreign Assets Control pursuant to General "
        r"License No\. 1B of March 2, 2021",
        ("except:question:authorized-by-ofac-general-license-1b",), "", (),
    ),
    (
        r",? except for EAR99-designated technology for the operation, maintenance, or repair of "
        r"unmanned aerial vehicles \(UAV\) released to this entity by the operator of the UAV",
        ("except:question:ear99-uav-technology-released-by-its-operator",), "", (),
    ),
)  # fmt: skip

_OIL = re.compile(
    r"except for: —crude oil, .* under the following Harmonized System \(HS\) codes: "
    r"(?P<codes>[\d, ]+); or —items required for the continued operation of joint ventures with "
    r"persons from countries in Country Group A:1 .* not operating in any body of water, .*$"
)
_HEADS: tuple[tuple[str, str], ...] = (
    (r"(?:for )?all items subject to the EAR", "all"),
    (
        r"for items on the CCL and (?:EAR ?99 items )?listed in supplement no\. 7 to part 746 "
        r"of the EAR",
        "ccl|746s7",
    ),
)  # fmt: skip


def requirement(text: str) -> Requirement:
    """The structured requirement of a cell whose footnote marks were taken out.

    >>> requirement("For all items subject to the EAR. (See § 744.11 of the EAR)")
    Requirement(scope='all', exceptions='', see=('744.11',), notes=())
    """
    wording = _repair(text)
    for pattern, scope in _HEADS:  # noqa: B007
        head = re.match(pattern, wording, re.I)
        if head:
            break
    else:
        raise ValueError(f"a license requirement never seen: {text!r}")
    rest, terms, exceptions = wording[head.end() :], [scope], ""
    notes: list[str] = []
    for pattern, more, exception, remarks in _TAILS:
        rest, hits = re.subn(pattern, " ", rest, flags=re.I)
        if hits:
            terms += more
            exceptions = exceptions or exception
            notes += remarks
    oil = _OIL.search(rest)
    if oil:
        codes = sorted(set(re.findall(r"\d+", oil["codes"])))
        terms += [
            "except:hs " + " ".join(codes),
            "except:question:joint-venture-group-a1-outside-south-china-sea",
        ]
        rest = rest[: oil.start()]
    see = _sections(rest)
    # "(See § 746.8(a)(4))" alone limits the entry to the projects of that paragraph.
    if see == ("746.8(a)(4)",):
        terms.append("when:746.8(a)(4)")
    rest = _REFERENCE.sub(" ", re.sub(r",\s*see\s+§", " (see §", rest, flags=re.I))
    if re.sub(r"[\s.,()]+", "", rest):
        raise ValueError(f"a license requirement never seen: {text!r} ({rest.strip()!r} not read)")
    return Requirement("|".join(terms), exceptions, see, tuple(notes))


_FOOD = (
    r"Policy of denial for all items subject to (?:the )?EAR apart from food and medicine "
    r"designated as EAR99{iss}, which will be reviewed on a case-by-case basis"
)
_ISS = (
    r" and (?:for items )?for U\.S\. Government supported use in the International Space Station "
    r"\(ISS\)"
)
_CASE = r"case-by-case(?: review| basis)?"
_FABS = "3B001.a.4 3B001.c 3B001.d 3B001.f.1.b.2 " + " ".join(f"3B001.{x}" for x in "klmnop")
_FABS += " 3B002.c 3B993 3B994"
_FABS_TEXT = r"ECCN 3B001\.a\.4, \.c, \.d, f\.1\.b\.2, \.k to \.p; 3B002\.c, 3B993, or 3B994"
_DISEASE = "case_by_case @ question:detects-identifies-or-treats-infectious-disease"
_ISS_CASE = "case_by_case @ question:us-government-supported-use-in-iss"

# Shapes of the policy column, after trailing references were cut.
_POLICIES: tuple[tuple[str, str], ...] = (
    (r"Presumption of denial", "presumption_of_denial"),
    (r"Policy of denial(?: for all items subject to the EAR)?", "policy_of_denial"),
    (_CASE, "case_by_case"),
    (_FOOD.format(iss=""), "case_by_case @ food_medicine|policy_of_denial"),
    (_FOOD.format(iss=_ISS), f"case_by_case @ food_medicine|{_ISS_CASE}|policy_of_denial"),
    (
        rf"Policy of denial[.;] {_CASE} for items for U\.S\. Government supported use in the "
        r"International Space Station \(ISS\)",
        f"{_ISS_CASE}|policy_of_denial",
    ),
    (
        rf"Policy of denial; {_CASE} for U\.S\. Government supported space programs",
        "case_by_case @ question:us-government-supported-space-program|policy_of_denial",
    ),
    (
        rf"{_CASE} for all items listed on the CCL\. Presumption of approval for EAR99 items",
        "case_by_case @ ccl|presumption_of_approval",
    ),
    (
        rf"Presumption of approval for EAR99; {_CASE} for all items on the CCL",
        "case_by_case @ ccl|presumption_of_approval",
    ),
    (
        rf"{_CASE} for ECCNs (?P<eccns>[\w., ]+?), and for EAR99 items described in the Note to "
        rf"ECCN 1A995; {_CASE} for items necessary to detect, identify and treat infectious "
        r"disease; and presumption of denial for all other items subject to the EAR",
        "case_by_case @ eccn {eccns}|case_by_case @ question:ear99-item-in-the-note-to-1a995|"
        f"{_DISEASE}|presumption_of_denial",
    ),
    (
        rf"{_CASE} for items necessary to detect, identify and treat infectious disease; "
        r"Presumption of denial for all other items subject to the EAR",
        f"{_DISEASE}|presumption_of_denial",
    ),
    (
        rf"{_CASE} for telecommunications infrastructure items described in Category 5 Part 1 or "
        r"Category 5 Part 2 and consumer communications devices identified in § 740\.19; "
        r"Presumption of denial for all other items subject to the EAR",
        "case_by_case @ question:telecommunications-infrastructure-of-category-5|"
        "case_by_case @ question:consumer-communications-device-of-740.19|presumption_of_denial",
    ),
    (
        rf"Presumption of denial except {_CASE} for items not described in {_FABS_TEXT}",
        f"case_by_case @ not eccn {_FABS}|presumption_of_denial",
    ),
    (
        rf"Presumption of denial for all items to include items described in {_FABS_TEXT}\. "
        rf"{_CASE} for items designed for production of 200mm wafers destined to a 200mm wafer "
        r"production facility",
        "case_by_case @ question:made-for-and-destined-to-200mm-wafer-production|"
        "presumption_of_denial",
    ),
    (
        rf"{_CASE} for licenses for the safety of civil aviation and the safe operation of "
        r"aircraft; Presumption of Denial for all others",
        "case_by_case @ safety_of_flight|presumption_of_denial",
    ),
)  # fmt: skip


def policy(text: str) -> tuple[str, tuple[str, ...]]:
    """The structured policy of a cell, and the paragraphs to which it refers.

    >>> policy("Policy of denial. See § 746.8(b)")
    ('policy_of_denial', ('746.8(b)',))
    >>> policy("See §§ 744.2(d), and 744.3(d) of this part")
    ('see:744.2(d) 744.3(d)', ('744.2(d)', '744.3(d)'))
    """
    wording = _repair(text).strip(" .")
    start = re.search(r"(?:^|[.\s]+)See §", wording)
    base = wording[: start.start()].strip(" .") if start else wording
    see = _sections(wording[start.start() :]) if start else ()
    if start and re.sub(r"[\s.,()]+", "", _REFERENCE.sub("", wording[start.start() :])):
        raise ValueError(f"a license review policy never seen: {text!r}")
    if not base:
        return "see:" + " ".join(see), see
    for pattern, value in _POLICIES:
        match = re.fullmatch(pattern, base, re.I)
        if match:
            eccns = re.split(r"[,\s]+(?:and\s+)?", match.groupdict().get("eccns") or "")
            return value.replace("{eccns}", " ".join(eccns)), see
    raise ValueError(f"a license review policy never seen: {text!r}")


def _repair(text: str) -> str:
    """Misprints that change no meaning: "744.2l(b)", "§ 744.11of", a stop before "of the EAR"."""
    text = text.replace("744.2l", "744.21").replace("(See 744", "(See § 744")
    text = re.sub(r"(\d)of the EAR", r"\1 of the EAR", text)
    return re.sub(r"\s+", " ", text).strip()


def _sections(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(_SECTION, text)))
