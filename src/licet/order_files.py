"""Orders read from TOML, JSON, JSON lines and standard input, lazily, bad ones in their place."""

from __future__ import annotations

import itertools
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from licet.order import Order, OrderError, Problem, order_from
from licet.order_checks import impossible_day
from licet.order_errors import Where, path, shown
from licet.order_lines import Lines, json_lines, toml_lines

LARGEST_TOML: Final = 1_000_000  # bytes: TOML is written by hand
LARGEST_JSON: Final = 100_000_000  # bytes: a JSON text is held in memory whole
LONGEST_LINE: Final = 10_000_000  # bytes of one order in JSON lines
MOST_GARBAGE: Final = 100  # lines that are not JSON, before any that is, end the reading
_LINES_INSTEAD = (
    "Put many orders into JSON lines, one order a line (.jsonl), which are read one by one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadOrder:
    """An order, or a whole file, that was refused; `id` where the order had a readable one."""

    id: str | None
    error: OrderError


def read_orders(source: Path | str, *, stdin: BinaryIO | None = None) -> Iterator[Order | BadOrder]:
    """Read every order of a file, or of standard input for `-`; never raises for bad input.

    A `.toml` file holds one order, or several under `[[order]]`; a `.json` file one object or an
    array; a `.jsonl` or `.ndjson` file one object a line. Standard input and files of other names
    are told apart by content. What cannot be read comes as a BadOrder in its place; the rest
    follows. An empty source is one BadOrder.
    Orders with the same id are all read: an id is the caller's own.
    """
    if str(source) == "-":
        yield from _stream(stdin or sys.stdin.buffer, "standard input", "")
        return
    file = Path(source)
    if file.is_dir():
        yield _refused(str(file), None, "is a folder; name the files in it, such as order.toml.")
        return
    try:
        with file.open("rb") as stream:
            yield from _stream(stream, str(file), file.suffix.lower())
    except FileNotFoundError:
        near = _similar(file)
        yield _refused(str(file), None, f"there is no such file.{near} Check the path.")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        yield _refused(str(file), None, f"{reason}. Check that you may read the file.")


def read_stream(stream: BinaryIO, *, source: str, suffix: str = "") -> Iterator[Order | BadOrder]:
    """Read every order of a stream, as ``read_orders`` does; `source` names it in errors.

    `suffix` tells the format as the ending of a file does; without it the content does.
    """
    yield from _stream(stream, source, suffix)


def read_order(source: Path | str, *, stdin: BinaryIO | None = None) -> Order:
    """Read the one order of a file. Raises OrderError if it is bad, or if there are several."""
    orders = list(itertools.islice(read_orders(source, stdin=stdin), 2))
    for order in orders:
        if isinstance(order, BadOrder):
            raise order.error
    if len(orders) != 1:
        raise _refused(str(source), None, "holds several orders; read_orders reads them all.").error
    (only,) = orders
    assert isinstance(only, Order)
    return only


def _similar(file: Path) -> str:
    import difflib

    if not file.parent.is_dir():
        return f" Nor is there a folder {shown(str(file.parent))}."
    names = [other.name for other in itertools.islice(file.parent.iterdir(), 1000)]
    near = difflib.get_close_matches(file.name, names, n=1)
    return f" Did you mean {shown(near[0])}?" if near else ""


def _refused(source: str, line: int | None, message: str, *, field: str = "") -> BadOrder:
    problem = Problem(file=source, line=line, field=field, message=message)
    return BadOrder(id=None, error=OrderError([problem]))


def _stream(stream: BinaryIO, source: str, suffix: str) -> Iterator[Order | BadOrder]:
    lines = enumerate(_bounded_lines(stream), start=1)
    head: list[tuple[int, bytes]] = []  # up to and with the second line that says something
    said: list[bytes] = []
    for at, raw in lines:
        line = raw.removeprefix(b"\xef\xbb\xbf") if at == 1 else raw
        head.append((at, line))
        if line.strip():
            said.append(line)
            if len(said) == 2 or len(line) > LONGEST_LINE:
                break
    if not said:
        yield _refused(source, None, "holds no order; it is empty. See the example orders.")
        return
    kind = _KINDS.get(suffix) or _told_by_content(said)
    if kind == "lines":
        yield from _json_lines(itertools.chain(head, lines), source)
        return
    largest = LARGEST_TOML if kind == "toml" else LARGEST_JSON
    parts: list[bytes] = []
    size = 0
    for _, line in itertools.chain(head, lines):
        size += len(line)
        if size > largest or len(line) > LONGEST_LINE:
            most = f"{largest // 1_000_000} MB, and no line above {LONGEST_LINE // 1_000_000} MB"
            name = "TOML" if kind == "toml" else "JSON"
            yield _refused(
                source, None, f"is too large: {name} is read up to {most}. {_LINES_INSTEAD}"
            )
            return
        parts.append(line)
    text = _decoded(b"".join(parts), source, None)
    if isinstance(text, BadOrder):
        yield text
    else:
        yield from (_toml if kind == "toml" else _json)(text, source)


_KINDS: Final = {".toml": "toml", ".json": "json", ".jsonl": "lines", ".ndjson": "lines"}


def _bounded_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of bytes; of a line above LONGEST_LINE only so much that the limit shows."""
    while line := stream.readline(LONGEST_LINE + 2):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(1 << 16)
            if not line or line.endswith(b"\n"):
                break
            line = b" " * (LONGEST_LINE + 1) if line else line


def _told_by_content(said: list[bytes]) -> str:
    first, second = said[0].strip(), said[1].strip() if len(said) > 1 else b""
    if first.startswith(b"{"):
        if not second or second.startswith(b"{"):
            return "lines"
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return "json"
        return "lines"
    if first.startswith(b"["):
        return "json" if re.match(rb'\[\s*(?:$|[{\]"0-9-])', first) else "toml"
    if second.startswith(b"{") and b"=" not in first and not first.startswith(b"#"):
        return "lines"
    return "toml"


def _decoded(raw: bytes, source: str, line: int | None) -> str | BadOrder:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
        row = line or raw.count(b"\n", 0, at) + 1
        place = f"byte {at} of the line" if line else f"byte {at} of the file"
        what = f"{place}, 0x{raw[at]:02x}, is not UTF-8 text. Save the file as UTF-8."
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            what = "is UTF-16 text, not UTF-8. Save the file as UTF-8."
        return _refused(source, row, what)
    if (at := text.find("\0")) >= 0:
        row = line or text.count("\n", 0, at) + 1
        return _refused(source, row, f"holds a zero character at {at}; this is not a text file.")
    return text


class _Table(dict[str, Any]):
    """A JSON object that remembers the keys that were given twice."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) == len(pairs):
        return table
    twice = _Table(table)
    counted = Counter(key for key, _ in pairs)
    twice.repeated = tuple(key for key, times in counted.items() if times > 1)
    return twice


def _parsed(text: str, source: str, line: int | None) -> Any:
    """The JSON value, or a BadOrder that says where the text stops being JSON."""
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        row = line or error.lineno
        rest = text[error.pos :].lstrip()
        found = f"found {shown(rest[:20])}" if rest else "the text ends"
        reason = f"not JSON at column {error.colno}: {error.msg.lower()}; {found}."
        if error.msg == "Extra data":
            reason = (
                f"a second value begins at column {error.colno}. Put several orders in an array, "
                "or one on each line of a file named .jsonl."
            )
        return _refused(source, row, reason)
    except RecursionError:
        return _refused(source, line, "is nested too deep; an order has a few levels of tables.")
    except ValueError:  # a number with thousands of digits
        return _refused(source, line, "holds a number with too many digits. Check the quantities.")


def _json_lines(lines: Iterable[tuple[int, bytes]], source: str) -> Iterator[Order | BadOrder]:
    garbage: int | None = 0  # None once a line was JSON: then every line gets its answer
    for at, raw in lines:
        if not raw.strip():
            continue
        text: str | BadOrder
        if len(raw) > LONGEST_LINE:
            text = _refused(source, at, "the line is above 10 MB; an order takes a few kilobytes.")
        else:
            text = _decoded(raw, source, at)
        data = text if isinstance(text, BadOrder) else _parsed(text, source, at)
        if not isinstance(data, BadOrder):
            garbage = None
            yield _order(data, source, _on(at), ())
            continue
        yield data
        if garbage is not None and (garbage := garbage + 1) == MOST_GARBAGE:
            what = f"none of the first {garbage} lines is JSON; the rest was not read."
            yield _refused(source, at, f'{what} One order a line is asked, as in {{"id": ...}}.')
            return


def _json(text: str, source: str) -> Iterator[Order | BadOrder]:
    data = _parsed(text, source, None)
    lines = _once(lambda: json_lines(text))
    if isinstance(data, BadOrder):
        yield data
    elif not isinstance(data, list):
        yield _order(data, source, lines, ())
    elif not data:
        yield _refused(source, None, "holds no order; the array is empty.")
    else:
        for at, one in enumerate(data):
            yield _order(one, source, lines, (at,))


_DOTTED = re.compile(r"""(?:\.\s?[\w"'-]{1,40}\s?){64}""")


def _toml(text: str, source: str) -> Iterator[Order | BadOrder]:
    lines = _once(lambda: toml_lines(text))
    try:
        if _DOTTED.search(text):  # the parser's time grows with the square of a key's parts
            raise RecursionError
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield _bad_toml(text, source, str(error))
        return
    except RecursionError:
        yield _refused(source, None, "is nested too deep; an order has a few levels of tables.")
        return
    except ValueError:
        yield _refused(source, None, "holds a number with too many digits. Check the quantities.")
        return
    many = data.get("order")
    if not isinstance(many, list):
        yield _order(data, source, lines, ())
        return
    for key in data:
        if key != "order":
            message = "stands outside every [[order]]; move it into the order that it is about."
            yield _refused(source, lines((key,)), message, field=path((key,)))
    for at, one in enumerate(many):
        yield _order(one, source, lines, ("order", at))


def _bad_toml(text: str, source: str, said: str) -> BadOrder:
    match = re.search(r"\(at line (\d+), column (\d+)\)", said)
    if match is None:  # "at end of document"
        last = text.rstrip().count("\n") + 1
        return _refused(source, last, f"not TOML: {said[:120]}. A bracket or quote is left open.")
    row, column = int(match[1]), int(match[2])
    line = text.split("\n", row)[row - 1]
    reason = said[: match.start()].strip()
    field = path(toml_lines("\n".join(text.split("\n", row)[:row])).at(row))
    if reason.startswith(("Cannot overwrite", "Cannot declare")):
        return _refused(
            source, row, "is given twice in one table; keep the one that is true.", field=field
        )
    if found := re.match(r"\d{4}-\d{2}-\d{2}", line[column - 1 :]):
        try:
            return _refused(source, row, impossible_day(found[0]), field=field)
        except ValueError:
            pass
    rest = line[column - 1 :].strip()
    at = f"; found {shown(rest[:20])}" if rest else ""
    hint = ""
    if reason.startswith("Invalid value"):
        hint = ' Texts stand in quotes, as in to = "CN".'
    elif not rest and "{" in line:
        hint = " A table in braces stands on one line, or write it as a [[table]] of its own."
    return _refused(
        source, row, f"not TOML at column {column}: {reason[:80].lower()}{at}.{hint}", field=field
    )


def _on(line: int) -> Callable[[Where], int | None]:
    return lambda _: line


def _once(make: Callable[[], Lines]) -> Callable[[Where], int | None]:
    """Find lines only when an error needs them, and once a file."""
    made: list[Lines] = []

    def line_of(where: Where) -> int | None:
        if not made:
            made.append(make())
        return made[0](where)

    return line_of


def _order(
    data: Any, source: str, line_of: Callable[[Where], int | None], within: Where
) -> Order | BadOrder:
    try:
        return order_from(data, source=source, line_of=line_of, within=within)
    except OrderError as error:
        name = data.get("id") if isinstance(data, dict) else None
        short = isinstance(name, str) and len(name) <= 200
        return BadOrder(id=name if short else None, error=error)
