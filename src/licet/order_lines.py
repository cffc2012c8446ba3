"""On which line of a TOML or JSON text a field stands, which the standard parsers do not say.

The scanners are lenient: they run over text that a parser has read already, or refused, and are
asked for the lines of error messages only. No recursion, so that deep nesting cannot stop them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from licet.order_errors import Where

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*'
    r"|\n|[\[\]{},=:.]|[^\s\[\]{},=:.\"'#]+",
    re.DOTALL,
)
_QUOTES = ('"', "'")


class Lines:
    """The first line (1-based) of every path of keys and indexes in a text."""

    def __init__(self, places: Iterator[tuple[Where, int]]) -> None:
        self._lines: dict[Where, int] = {}
        self._deepest: dict[int, Where] = {}
        for where, line in places:
            self._lines.setdefault(where, line)
            if len(where) >= len(self._deepest.get(line, ())):
                self._deepest[line] = where

    def __call__(self, where: Where) -> int | None:
        """The line of the path, or of the nearest table around it; None where neither is known."""
        while where:
            if where in self._lines:
                return self._lines[where]
            where = where[:-1]
        return None

    def at(self, line: int) -> Where:
        """The path that begins on the line, the deepest if there are several; () if none does."""
        return self._deepest.get(line, ())


def toml_lines(text: str) -> Lines:
    """Lines of the keys of a TOML text (TOML 1.0)."""
    return Lines(_toml(text))


def json_lines(text: str) -> Lines:
    """Lines of the keys of a JSON text."""
    return Lines(_values(_tokens(text), (), ":"))


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line, last = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        yield match[0], line


def _unquoted(token: str) -> str:
    if token.startswith('"'):
        try:
            return str(json.loads(token))
        except ValueError:
            return token[1:-1]
    return token[1:-1] if token.startswith("'") else token


def _values(
    tokens: Iterator[tuple[str, int]], base: Where, sign: str
) -> Iterator[tuple[Where, int]]:
    """Paths inside one value, until a newline outside all brackets or the end of the text.

    `sign` parts key and value inside braces: `:` in JSON, `=` in TOML. The stack holds, for every
    open bracket, whether it is a list, and its path.
    """
    stack: list[tuple[bool, Where]] = []
    index: list[int] = []
    where = base
    key: list[str] = []
    key_line = 0
    in_key = False
    for token, line in tokens:
        if token == "\n":
            if not stack and sign == "=":
                return
        elif token in ("[", "{"):
            stack.append((token == "[", where))
            index.append(0)
            key, in_key = [], token == "{"
            if token == "[":
                where = (*where, 0)
        elif token in ("]", "}"):
            if not stack:
                return
            _, where = stack.pop()
            index.pop()
            in_key = False
        elif token == ",":
            if stack:
                is_list, outer = stack[-1]
                index[-1] += 1
                where = (*outer, index[-1]) if is_list else outer
                key, in_key = [], not is_list
        elif token == sign and in_key:
            yield from _along(where, key, key_line)
            where = where + tuple(key)
            in_key = False
        elif token.startswith("#"):
            continue
        elif in_key and token != ".":
            key.append(_unquoted(token))
            key_line = line
        opened = len(stack) > 1 and stack[-2][0] and token == "{"
        if opened or (stack and stack[-1][0] and token not in ("[", "]", "}", ",", "\n")):
            yield where, line


def _toml(text: str) -> Iterator[tuple[Where, int]]:
    tokens = _tokens(text)
    table: Where = ()
    counts: dict[Where, int] = {}
    key: list[str] = []
    for token, line in tokens:
        if token == "\n":
            key = []
        elif token == "[" and not key:
            header: list[str] = []
            brackets = 1
            for inner, _ in tokens:
                if inner == "\n":
                    break
                if inner == "[":
                    brackets += 1
                elif inner not in ("]", ".") and not inner.startswith("#"):
                    header.append(_unquoted(inner))
            yield from _along((), header, line)
            table = _under(tuple(header[:-1]), counts) + tuple(header[-1:])
            if brackets == 2:
                counts[table] = counts.get(table, -1) + 1
                yield table, line
                table = (*table, counts[table])
            yield table, line
        elif token == "=" and key:
            yield from _along(table, key, line)
            yield from _values(tokens, table + tuple(key), "=")
            key = []
        elif token != "." and not token.startswith("#"):
            key.append(_unquoted(token))


def _along(base: Where, key: list[str], line: int) -> Iterator[tuple[Where, int]]:
    """Every table that a dotted key passes, and the key itself."""
    for parts in (*range(1, min(len(key), 8)), len(key)):
        yield base + tuple(key[:parts]), line


def _under(header: tuple[str, ...], counts: dict[Where, int]) -> Where:
    """The path of a table header's leading keys, each array of tables at its newest element."""
    where: Where = ()
    for step in header:
        where = (*where, step)
        if where in counts:
            where = (*where, counts[where])
    return where
