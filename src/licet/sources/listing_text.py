"""The running text of a list entry, taken apart: names, announced aliases, addresses, affiliates.

The official text is prose with line breaks: a name, how many aliases follow, one alias per line
after a dash, then addresses joined by "; and". Affiliated entities stand in the same cell. Where
the general rules would cut wrongly (a name with a comma inside, an address after the last alias on
the same line), the name is in ``reviewed_names`` and wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from licet.sources.listing_names import (
    closing,
    reviewed,
    split_addresses,
    split_alias,
    split_last,
    split_name,
    tidy,
    unbalanced,
)
from licet.sources.reviewed_names import CLASSES, NAMES, REPAIRS

_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
NUMBERS = {word: number for number, word in enumerate(_WORDS.split(), start=1)}
# Where the list of aliases begins: "a.k.a.,", "aka", or only "the following two aliases".
_AKA = re.compile(
    r"(?:,|\s)\s*\(?(?:a\.\s?k\.\s?a\.?|\baka\b)\s*[,.]?\s*(?:and |as |including )*"
    r"|,\s*(?:and )?(?=the following (?:\w+ )?alias)",
    re.I,
)
_ANNOUNCED = re.compile(
    r"(?:the )?(?:(?:following|follow) )*(?:the following )?"
    r"(?:(?P<n>\w+) )?(?:following )?(?:alias\w*|aliaes|entity)\b",
    re.I,
)
_SEE_ALSO = re.compile(
    r"\s*\(?\s*\((?:for|see)\s+(?:also\s+)?(?:alternate|addresses|address|alternative|additional)[^()]*"
    r"(?:\([^()]*\)[^()]*)*\)*\.?\s*",
    re.I,
)
_DASHES = "—–-"


@dataclass(slots=True)
class Party:
    """One named entity of an entry, as read."""

    name: str
    aliases: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    announced: int | None = None
    children: list[Party] = field(default_factory=list)
    kind: str = "name"
    former: list[str] = field(default_factory=list)  # in "(f.k.a., ...)", not among those announced
    notes: list[str] = field(default_factory=list)


def parse(lines: list[str]) -> Party:
    """The entry that these lines describe, with its affiliated entities as children."""
    whole = "\n".join(lines)
    for printed, meant in REPAIRS:
        whole = whole.replace(printed, meant)
    lines = whole.split("\n")
    lines = [line for line in (_SEE_ALSO.sub(" ", line).strip() for line in lines) if line]
    address_only = re.match(r"(Address \d+), (.*)", lines[0])
    if address_only:
        addresses = split_addresses([address_only[2], *lines[1:]])
        return Party(address_only[1], addresses=addresses, kind="address")
    return _Reader(lines).read()


class _Reader:
    """A cursor over the lines; ``current`` is the entity that the next line speaks of."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.top = self.current = Party("")
        self.started = False
        self.pending = 0  # aliases announced and still to come
        self.mode = "entry"  # entry | affiliates (each line one) | dashes (each dash one)
        self.shared: list[str] = []
        self.in_shared = False

    def read(self) -> Party:
        for index, line in enumerate(self.lines):
            last = index == len(self.lines) - 1
            following = "" if last else self.lines[index + 1]
            if line[0] in _DASHES:
                self._dash(line.lstrip(_DASHES + " "), following)
            else:
                self._plain(line, following)
        for party in (self.top, *self.top.children):
            party.addresses = split_addresses(party.addresses)
        shared = split_addresses(self.shared)
        for party in (self.top, *self.top.children) if shared else ():
            party.addresses = party.addresses or shared
        # An entry that closes with one block of addresses means them for itself as well.
        if self.top.children and not self.top.addresses and self.top.kind == "name":
            self.top.addresses = list(self.top.children[-1].addresses)
        for child in self.top.children:
            child.addresses = child.addresses or list(self.top.addresses)
        return self.top

    def _plain(self, line: str, following: str) -> None:
        if re.fullmatch(r"subordinate institution:?|affiliated entities:", line, re.I):
            if line.lower().startswith("affiliated"):
                self.mode = "affiliates"
            self.current = Party("")
            return
        if match := re.match(r"The following addresses apply to [^:]*:\s*(.*)", line):
            self.in_shared = True
            self.shared += [match[1]] if match[1] else []
            return
        if self.in_shared:
            self.shared.append(line)
            return
        if match := re.match(r"Addresses for [^:]*:\s*(.*)", line):
            self.current.addresses.append(match[1])
            return
        if match := re.match(r"The following (.*entities):$", line):
            self.top = self.current = Party(match[1], kind="class")
            self.started, self.mode = True, "dashes"
            return
        if match := re.match(r"Subordinate institution:?\s+(.*)", line, re.I):
            self.current, line = Party(""), match[1]
        if not self.current.name:
            self._name(line, following)
        elif self._continues_alias_without_dash(line):
            self._alias(line, following)
        elif self.mode == "affiliates" and (self.current.addresses or following[:1] in _DASHES):
            self.current = Party("")
            self._name(line, following)
        else:
            self.current.addresses.append(line)

    _unfinished = False

    def _continues_alias_without_dash(self, line: str) -> bool:
        if self.current.addresses:
            return False
        first = self.pending > 0 and not self.current.aliases
        return first or (self._unfinished and not re.match(r"\d", line))

    def _dash(self, line: str, following: str) -> None:
        if self.mode == "dashes" and self.pending <= 0:
            self.current = Party("")
            self._name(line, following)
            return
        if not self.current.name:
            # A heading ended in a colon and the dash carries the name.
            self._name(line, following)
            return
        self._alias(line, following)

    def _name(self, line: str, following: str) -> None:
        party = self.current
        if party is self.top and self.started:
            pass  # its heading ended before the name
        elif self.started:
            self.top.children.append(party)
        else:
            self.top, self.started = party, True
        # "... (CETC 13) subordinate institution: Bowei" names Bowei; its group is context.
        if match := re.match(r".* subordinate institution:\s*(.*)$", line):
            line = match[1]
            if not line:
                return
        if klass := next((k for k in CLASSES if line.startswith(k)), None):
            party.name, party.kind = klass, "class"
            return
        dashes_follow = following[:1] in tuple(_DASHES) and following
        aka = _AKA.search(line)
        paren = re.search(r"\(\s*(?:a\.k\.a\.|f\.k\.a\.)", line)
        if aka and dashes_follow and not (paren and paren.start() <= aka.start()):
            self._announce(line[aka.end() :])
            party.name = tidy(line[: aka.start()])
        elif paren:
            self._parenthesis(line, paren, dashes_follow=bool(dashes_follow))
        elif aka:
            self._inline(line, aka)
        else:
            party.name, rest = split_name(line)
            if rest.startswith("including the Armed Forces"):
                party.notes.append("includes:armed-forces,national-guard,police,intelligence")
                rest = ""
            party.addresses += [rest] if rest else []

    def _announce(self, text: str) -> None:
        match = _ANNOUNCED.search(text)
        if not match:
            return
        word = (match["n"] or "one").lower()
        if word in ("following", "the"):
            word = "one"
        number = int(word) if word.isdigit() else NUMBERS.get(word)
        self.current.announced, self.pending = number, number or 0

    def _alias(self, line: str, following: str) -> None:
        party = self.current
        if match := re.search(
            r",? and the following \w+ subordinate entities:$|; and to include.*$", line
        ):
            line, self.mode = line[: match.start()], "dashes"
        if match := re.search(
            r",? (?:and )?to include the following addresses and the following.*$", line
        ):
            line = line[: match.start()]
        line = re.sub(r",? to include the following subordinate\b", "", line)
        self._unfinished = bool(re.search(r"(;|; and|, and)$", line))
        pieces = [piece for piece in re.split(r";\s*(?:and\b)?\s*", line) if piece.strip(" .,")]
        for index, piece in enumerate(pieces):
            if piece.startswith(CLASSES):
                self.top.children.append(Party(tidy(piece), kind="class"))
                continue
            if party.addresses and index:
                party.addresses.append(f"; {piece}")  # "; and" after an address joins addresses
                continue
            # The last words of an entry are an address, also behind the last alias.
            cut = split_alias if following or self.pending > 1 else split_last
            name, rest = cut(piece)
            name, *others = re.split(r",?\s*\(?\b[af]\.k\.a\.,?\s*", name)
            party.aliases.append(tidy(name))
            party.former += [tidy(unbalanced(other)) for other in others]
            self.pending -= 1
            if rest:
                party.addresses.append(rest)
        if self.mode == "dashes" and party is self.top and party.children == []:
            self.pending = 0

    def _parenthesis(self, line: str, start: re.Match[str], *, dashes_follow: bool) -> None:
        end = closing(line, start.start())
        inside, rest = line[start.start() + 1 : end], line[end + 1 :].strip(" ,")
        party = self.current
        party.name = tidy(line[: start.start()])
        for marker, names in re.findall(
            r"\b([af])\.k\.a\.?,?\s*(.*?)(?=[;,]?\s*\b[af]\.k\.a\.|$)", inside
        ):
            found = [tidy(name.removeprefix("and ")) for name in re.split(r";\s*", names)]
            if ";" not in names and re.search(r" and (?:Rayane|Yuh|Yong) ", names):
                found = re.split(r", | and ", names)
            found = [name.strip("“” .") if "“" in name else name for name in found if name]
            (party.former if marker == "f" or dashes_follow else party.aliases).extend(found)
        aka = _AKA.search(" " + rest)
        if dashes_follow and aka:
            self._announce(rest)
        elif rest.strip(" .,"):
            party.addresses.append(rest)

    def _inline(self, line: str, aka: re.Match[str]) -> None:
        party = self.current
        party.name, rest = tidy(line[: aka.start()]), line[aka.end() :]
        announced = re.match(r"the following (?:\w+ )?alias\w*:\s*", rest)
        if announced:
            self._announce(rest)
            pieces = rest[announced.end() :].split(";", max(self.pending - 1, 0))
            for piece in pieces:
                name, rest = split_last(piece.strip().removeprefix("and ").lstrip(_DASHES))
                party.aliases.append(name)
        else:
            *first, rest = _AKA.split(rest)
            party.aliases += [tidy(alias) for alias in first]
            name, rest = split_name(rest)
            parts = name.split(" and ") if name in NAMES else [name]
            party.aliases += [tidy(part) for part in parts]
            while known := reviewed(rest):
                party.aliases.append(tidy(known))
                rest = rest[len(known) :].strip(" ,")
        if rest.strip(" ,."):
            party.addresses.append(rest.strip(" ,"))
