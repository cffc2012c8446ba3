"""Conditions from their text, read with ``ast`` and never executed.

What leaves the language is refused with file, line and column.
"""

from __future__ import annotations

import ast
import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    If,
    InTable,
    Literal,
    Not,
    OneOf,
    RuleReference,
    Scalar,
    Value,
)
from licet.law.errors import Place, RulebookError

_OPERATORS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_LONGEST = 20_000  # characters; a condition that people can read is far shorter
_DEEPEST = 60  # levels of the syntax tree
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LANGUAGE = (
    "facts, rules, literals, comparisons, 'in' a tuple, list or table, and, or, not, "
    "'a if c else b', any(... for x in children), all(...)"
)


@dataclass(frozen=True, slots=True)
class Names:
    """What a condition may name."""

    rules: frozenset[str]
    facts: frozenset[str]
    tables: Mapping[str, int]
    """Table name to number of key columns."""
    children: Mapping[str, frozenset[str]]
    """Collection name to the fields of its children; a list of plain values has none."""


def parse(text: str, *, names: Names, place: Place) -> Condition:
    """The condition that a text says.

    ``place`` is where the text begins in its file. Raises ``RulebookError`` at the exact place where
    the text leaves the language or names something that does not exist.
    """
    source = text.strip()
    lead = text[: len(text) - len(text.lstrip())]
    column = len(lead) - lead.rfind("\n") if "\n" in lead else place.column + len(lead)
    start = Place(place.file, place.line + lead.count("\n"), column)
    if not source or len(source) > _LONGEST:
        found = "it is empty" if not source else f"it has {len(source)} characters of {_LONGEST}"
        raise RulebookError(start, f"not a condition: {found}; allowed: {LANGUAGE}")
    reader = _Reader(names, start, source, {})
    try:
        # In parentheses, so that a condition may go over several lines.
        tree = ast.parse(f"({source}\n)", mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        line, offset = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        reason = getattr(error, "msg", None) or "nested too deeply"
        where = reader.place(min(line, source.count("\n") + 1), offset - 1)
        raise RulebookError(where, f"not a condition: {reason}; allowed: {LANGUAGE}") from None
    if (tree.lineno, tree.col_offset) == (1, 0):  # our parenthesis was closed from within
        raise RulebookError(
            start, f"not a condition: parentheses do not match; allowed: {LANGUAGE}"
        )
    if _depth(tree) > _DEEPEST:
        raise RulebookError(
            start, f"not a condition: nested more than {_DEEPEST} deep; simplify it"
        )
    return reader.condition(tree)


def _depth(node: ast.AST) -> int:
    """How deep a syntax tree is; counted without recursion, for it may be deeper than the stack."""
    level, deep = [node], 0
    while level and deep <= _DEEPEST:
        level, deep = (
            [child for parent in level for child in ast.iter_child_nodes(parent)],
            deep + 1,
        )
    return deep


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns Python syntax into conditions; ``variables`` maps comprehension variables to collections."""

    names: Names
    start: Place
    source: str
    variables: Mapping[str, str]

    def place(self, line: int, column: int) -> Place:
        """The place in the file of a line (from 1) and column (from 0) of the parenthesized source."""
        if line == 1:
            return Place(self.start.file, self.start.line, self.start.column + max(column - 1, 0))
        return Place(self.start.file, self.start.line + line - 1, column + 1)

    def refuse(self, node: ast.AST, reason: str) -> RulebookError:
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 1)
        text = f"({self.source}".split("\n")[line - 1].encode()  # the parser counts bytes
        return RulebookError(self.place(line, len(text[:offset].decode())), reason)

    def unknown(self, node: ast.AST, kind: str, name: str, known: Iterable[str]) -> RulebookError:
        near = difflib.get_close_matches(name, list(known), 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return self.refuse(node, f"unknown {kind} {name!r}{hint}")

    def condition(self, node: ast.expr) -> Condition:
        match node:
            case ast.BoolOp():
                items = tuple(self.condition(value) for value in node.values)
                return AllOf(items) if isinstance(node.op, ast.And) else AnyOf(items)
            case ast.UnaryOp(op=ast.Not()):
                return Not(self.condition(node.operand))
            case ast.IfExp():
                return If(*(self.condition(n) for n in (node.test, node.body, node.orelse)))
            case ast.Compare():
                return self.comparison(node)
            case ast.Call():
                return self.quantifier(node)
            case ast.Name(id=name) if name in self.names.rules and name not in self.variables:
                return RuleReference(name)
            case ast.Constant(value=bool() as value):
                return Literal(value)
            case ast.Name() | ast.Attribute():
                return self.value(node)
        raise self.refuse(node, f"{_describe(node)} is not in the language; allowed: {LANGUAGE}")

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=str() | bool() | int() | float() as value):
                return Literal(self.literal(node, value))
            case ast.UnaryOp(
                op=ast.USub(), operand=ast.Constant(value=int() | float() as value)
            ) if not isinstance(value, bool):
                return Literal(-value)
            case ast.Name() | ast.Attribute():
                path = _dotted(node)
                if path is None:
                    raise self.refuse(node, f"{_describe(node)} is not in the language")
                first, _, rest = path.partition(".")
                if first in self.variables:
                    return self.field(node, first, rest)
                if path in self.names.rules:
                    raise self.refuse(
                        node, f"rule {path!r} is true or false; it has no other value"
                    )
                if path not in self.names.facts:
                    raise self.unknown(node, "fact", path, self.names.facts | self.names.rules)
                return Fact(path)
        raise self.refuse(node, f"{_describe(node)} is not a value; allowed: facts and literals")

    def field(self, node: ast.AST, variable: str, name: str) -> Field:
        collection = self.variables[variable]
        fields = self.names.children[collection]
        if not name and not fields:
            return Field(variable, None)
        if name not in fields:
            raise self.unknown(node, f"field of {collection}", name or variable, fields)
        return Field(variable, name)

    def literal(self, node: ast.AST, value: Scalar) -> Scalar:
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                raise self.refuse(node, f"{value} is not a day of the calendar") from None
        return value

    def comparison(self, node: ast.Compare) -> Condition:
        if len(node.ops) != 1:
            raise self.refuse(
                node, "chained comparisons are not in the language; join two with 'and'"
            )
        op, left, right = node.ops[0], node.left, node.comparators[0]
        if isinstance(op, ast.In):
            return self.membership(node, left, right)
        if isinstance(op, ast.NotIn):
            return Not(self.membership(node, left, right))
        if type(op) not in _OPERATORS:
            raise self.refuse(node, f"'is' is not in the language; allowed: {LANGUAGE}")
        return Compare(_OPERATORS[type(op)], self.value(left), self.value(right))

    def membership(self, node: ast.Compare, left: ast.expr, right: ast.expr) -> Condition:
        if isinstance(right, ast.Tuple | ast.List):
            choices = []
            for item in right.elts:
                # A fact in the tuple could be unknown, and 'not in (..., unknown)' would then be
                # read as true by careless engines: only literals may stand there.
                value = self.value(item) if not isinstance(item, ast.Name) else None
                if not isinstance(value, Literal):
                    raise self.refuse(item, "only literals may stand in a tuple after 'in'")
                choices.append(value.value)
            return OneOf(self.value(left), tuple(choices))
        if isinstance(right, ast.Name) and right.id in self.names.tables:
            keys = left.elts if isinstance(left, ast.Tuple) else [left]
            wanted = self.names.tables[right.id]
            if len(keys) != wanted:
                raise self.refuse(left, f"table {right.id} has {wanted} keys, {len(keys)} given")
            return InTable(tuple(self.value(key) for key in keys), right.id)
        if isinstance(right, ast.Name | ast.Attribute):
            path = _dotted(right)
            if path not in self.names.facts or path is None:
                raise self.unknown(
                    right, "table or fact", path or "", [*self.names.tables, *self.names.facts]
                )
            if self.names.children.get(path) != frozenset():
                raise self.refuse(right, f"{path} is one value, not a list; compare it with ==")
            return Contains(self.value(left), Fact(path))
        raise self.refuse(right, f"'in' {_describe(right)} is not in the language")

    def quantifier(self, node: ast.Call) -> Condition:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in ("any", "all") or node.keywords or len(node.args) != 1:
            raise self.refuse(
                node, f"a rule cannot call {_describe(node.func)}; only any(...) and all(...) exist"
            )
        body = node.args[0]
        if not isinstance(body, ast.GeneratorExp) or len(body.generators) != 1:
            raise self.refuse(node, f"{name} needs one 'for': {name}(... for x in children)")
        loop = body.generators[0]
        if loop.is_async:
            raise self.refuse(node, f"{name} needs one 'for' without async")
        collection = _dotted(loop.iter)
        if collection is None or collection not in self.names.children:
            raise self.unknown(loop.iter, "children", collection or "", self.names.children)
        if not isinstance(loop.target, ast.Name) or loop.target.id in self.variables:
            raise self.refuse(loop.target, "'for' needs one new name")
        variables = {**self.variables, loop.target.id: collection}
        inner = _Reader(self.names, self.start, self.source, variables)
        claim = inner.condition(body.elt)
        filters = tuple(inner.condition(test) for test in loop.ifs)
        if filters and name == "any":
            claim = AllOf((*filters, claim))
        elif filters:
            claim = AnyOf((*(Not(test) for test in filters), claim))
        return Every(name, loop.target.id, collection, claim)


def _dotted(node: ast.AST) -> str | None:
    """``line.eccn`` from its syntax tree; None where it is not a plain dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return f"{head}.{node.attr}" if head else None
    return None


def _describe(node: ast.AST) -> str:
    """A node as the author wrote it, short enough for an error."""
    try:
        text = ast.unparse(node)
    except (ValueError, RecursionError):
        text = type(node).__name__
    return text if len(text) <= 40 else f"{text[:37]}..."
