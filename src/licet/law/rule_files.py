"""Rule files: TOML beside the citation, read into rules with every error at its place."""

from __future__ import annotations

import ast
import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from licet.law.condition import Condition
from licet.law.errors import Place, RulebookError
from licet.law.parsing import Names, parse
from licet.law.rule import (
    GRANTS,
    KINDS,
    POLICIES,
    ChildField,
    Example,
    Policy,
    PolicyIf,
    Rule,
    Stay,
    Until,
    Version,
)  # fmt: skip

_T = TypeVar("_T")
_SHARED = ("cite", "says", "review_policy", "lifts", "exceptions")
_RULE_KEYS = frozenset({
    *_SHARED, "id", "kind", "symbol", "grants", "duty", "until", "settled_by", "must_look",
    "for_application", "asks", "verified", "version", "stay", "example",
})  # fmt: skip
_VERSION_KEYS = frozenset(
    {*_SHARED, "effective", "until", "published", "instrument", "when", "ends"}
)
_STAY_KEYS = frozenset({"from", "until", "published", "instrument"})
_EXAMPLE_KEYS = frozenset({"on", "given", "is"})


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule as its file has it, before its conditions are read."""

    id: str
    data: Mapping[str, object]
    file: str
    line: int
    source: str
    assumed: str | None


def read_toml(text: str, file: str) -> dict[str, object]:
    """TOML as tables; raises ``RulebookError`` with line and column where it is malformed."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        raise RulebookError(Place(file, line, column), f"not TOML: {error}") from None


def only_keys(
    data: Mapping[str, object], allowed: Iterable[str], who: str, what: str, place: Place
) -> None:
    """Refuse a key that does not exist: a misspelled one would be passed over and change the law."""
    for key in data:
        if key not in allowed:
            near = difflib.get_close_matches(key, list(allowed), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise RulebookError(place, f"{who}unknown key {key!r} in {what}{hint}")


def rule_texts(text: str, file: str) -> list[RuleText]:
    """The rules of one file, in order, with the line on which each begins."""
    data = read_toml(text, file)
    for key in data:
        if key != "rule":
            raise RulebookError(
                Place(file), f"unknown key {key!r}; a rule file holds [[rule]] only"
            )
    return rules_of(data.get("rule"), text, file, None)


def rules_of(entries: object, text: str, file: str, assumed: str | None) -> list[RuleText]:
    """Rules from parsed TOML; ``assumed`` names the announcement that they belong to."""
    found: list[RuleText] = []
    position = 0
    if entries is None:
        return found
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RulebookError(Place(file), "rules must be written as [[rule]]")
    for entry in entries:
        identity = entry.get("id")
        if not isinstance(identity, str) or not identity.isidentifier():
            raise RulebookError(
                Place(file), f"a rule needs an id of letters, digits and _; found {identity!r}"
            )
        at = text.find(f'id = "{identity}"', position)
        position = max(at, position)
        line = text.count("\n", 0, position) + 1
        found.append(RuleText(identity, entry, file, line, text[position:], assumed))
    return found


def read_rule(entry: RuleText, names: Names) -> Rule:
    """A rule from its text: conditions parsed, versions completed and put in order of time."""
    reader = _RuleReader(entry, names, Place(entry.file, entry.line))
    return reader.rule()


@dataclass(frozen=True, slots=True)
class _RuleReader:
    entry: RuleText
    names: Names
    place: Place

    def refuse(self, reason: str) -> RulebookError:
        return RulebookError(self.place, f"rule {self.entry.id}: {reason}")

    def keys(self, data: Mapping[str, object], allowed: Iterable[str], what: str) -> None:
        only_keys(data, allowed, f"rule {self.entry.id}: ", what, self.place)

    def get(
        self, data: Mapping[str, object], key: str, kind: type[_T], *, needed: bool = True
    ) -> _T | None:
        value = data.get(key)
        if value is None and not needed:
            return None
        if not isinstance(value, kind) or isinstance(value, dt.datetime):
            wanted = "date" if kind is dt.date else kind.__name__
            raise self.refuse(f"{key} must be a {wanted}; found {value!r}")
        return value

    def words(self, data: Mapping[str, object], key: str) -> tuple[str, ...]:
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self.refuse(f"{key} must be a list of words; found {value!r}")
        return tuple(value)

    def choice(self, data: Mapping[str, object], key: str, allowed: Iterable[str]) -> str:
        value = data.get(key)
        if not isinstance(value, str) or value not in allowed:
            raise self.refuse(f"{key} is {value!r}; allowed: {', '.join(allowed)}")
        return value

    def rule(self) -> Rule:
        data = self.entry.data
        self.keys(data, _RULE_KEYS, "a rule")
        kind = next(k for k in KINDS if k == self.choice(data, "kind", KINDS))
        versions = sorted(
            (self.version(item) for item in self.tables("version")),
            key=lambda version: (version.effective, version.published),
        )
        if not versions:
            raise self.refuse("needs at least one [[rule.version]]")
        if kind == "authorization":
            self.choice(data, "grants", GRANTS)
        if kind == "review" and any(v.review_policy is None and not v.ends for v in versions):
            raise self.refuse(
                "a review rule needs review_policy: it says how an application is judged"
            )
        lasts = data.get("until")
        return Rule(
            id=self.entry.id,
            kind=kind,
            versions=tuple(versions),
            stays=tuple(self.stay(item) for item in self.tables("stay")),
            examples=tuple(
                self.example(item, at) for at, item in enumerate(self.tables("example"))
            ),
            symbol=self.get(data, "symbol", str, needed=False),
            grants=self.get(data, "grants", str, needed=kind == "authorization"),
            duty=self.get(data, "duty", str, needed=kind == "duty"),
            lasts=self.until(lasts) if isinstance(lasts, Mapping) else None,
            settled_by=self.words(data, "settled_by"),
            for_application=self.get(data, "for_application", bool, needed=False) is True,
            must_look=self.get(data, "must_look", bool, needed=False) is True,
            asks=self.get(data, "asks", str, needed=False),
            verified=self.get(data, "verified", bool, needed=False) is not False,
            file=self.entry.file,
            line=self.entry.line,
            assumed=self.entry.assumed,
        )

    def tables(self, key: str) -> list[Mapping[str, object]]:
        value = self.entry.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.refuse(f"{key} must be written as [[rule.{key}]]")
        return value

    def version(self, data: Mapping[str, object]) -> Version:
        self.keys(data, _VERSION_KEYS, "a version")
        effective = self.get(data, "effective", dt.date)
        published = self.get(data, "published", dt.date, needed=False)
        until = self.get(data, "until", dt.date, needed=False)
        ends = data.get("ends") is True
        assert effective is not None  # get() refuses a missing date
        if until is not None and until <= effective:
            raise self.refuse(f"until {until} is not after effective {effective}")
        text = self.get(data, "when", str, needed=not ends) or ""
        merged = {
            **{key: self.entry.data[key] for key in _SHARED if key in self.entry.data},
            **data,
        }
        policy = self.get(merged, "review_policy", str, needed=False)
        return Version(
            effective=effective,
            until=until,
            published=published or effective,
            instrument=self.get(data, "instrument", str) or "",
            ends=ends,
            when=None if ends else self.condition(text),
            text=" ".join(text.split()),
            cite=self.get(merged, "cite", str) or "",
            says=self.get(merged, "says", str) or "",
            review_policy=self.policy(policy) if policy else None,
            lifts=self.words(merged, "lifts"),
            exceptions=self.exceptions(merged.get("exceptions", "any")),
        )

    def condition(self, text: str) -> Condition:
        # The same words may stand in what the rule says: look where a condition begins.
        begin = re.search(rf"""when\s*=\s*["']+\n?(?={re.escape(text)})""", self.entry.source)
        at = begin.end() if begin else -1
        before = self.entry.source[: max(at, 0)]
        column = len(before) - before.rfind("\n") if at >= 0 else 1
        place = Place(self.entry.file, self.entry.line + before.count("\n"), column)
        return parse(text, names=self.names, place=place)

    def exceptions(self, value: object) -> tuple[str, ...] | None:
        if value == "any":
            return None
        if value == "none":
            return ()
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        raise self.refuse(
            f'exceptions must be "none", "any" or a list of rule ids; found {value!r}'
        )

    def policy(self, text: str) -> Policy:
        """A policy word, ``listing.review_policy``, or a choice between such by a condition."""
        try:
            node = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, RecursionError, MemoryError, ValueError):
            raise self.refuse(f"review_policy cannot be read: {text[:60]!r}") from None
        return self._policy(node)

    def _policy(self, node: ast.expr) -> Policy:
        match node:
            case ast.Constant(value=str() as word) | ast.Name(id=word) if word in POLICIES:
                return word
            case ast.Attribute(value=ast.Name(id=singular), attr=name):
                collection = f"{singular}s"
                if name in self.names.children.get(collection, ()):
                    return ChildField(collection, name)
            case ast.IfExp():
                test = parse(ast.unparse(node.test), names=self.names, place=self.place)
                return PolicyIf(test, self._policy(node.body), self._policy(node.orelse))
        raise self.refuse(
            f"review_policy {ast.unparse(node)!r}; allowed: {', '.join(POLICIES)}, "
            "listing.review_policy, or 'a if condition else b'"
        )

    def stay(self, data: Mapping[str, object]) -> Stay:
        self.keys(data, _STAY_KEYS, "a stay")
        start = self.get(data, "from", dt.date)
        assert start is not None  # get() refuses a missing date
        return Stay(
            start,
            self.get(data, "until", dt.date, needed=False),
            self.get(data, "published", dt.date, needed=False) or start,
            self.get(data, "instrument", str) or "",
        )

    def example(self, data: Mapping[str, object], number: int) -> Example:
        self.keys(data, _EXAMPLE_KEYS, "an example")
        on = self.get(data, "on", dt.date)
        given = data.get("given", {})
        expected = data.get("is")
        if not isinstance(given, Mapping) or expected not in (True, False, "unknown"):
            raise self.refuse(
                'an example needs: on = DAY, given = { ... }, is = true|false|"unknown"'
            )
        assert on is not None  # get() refuses a missing date
        parts = self.entry.source.split("[[rule.example]]")
        lines = "[[rule.example]]".join(parts[: number + 1]).count("\n")
        return Example(
            on, given, None if expected == "unknown" else bool(expected), self.entry.line + lines
        )

    def until(self, data: Mapping[str, object]) -> Until:
        years = data.get("years")
        if not isinstance(years, int):
            raise self.refuse("until needs years = NUMBER and after = [FACTS]")
        return Until(years, self.words(data, "after"))
