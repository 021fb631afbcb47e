"""The strict reader of YAML: plain data or a refusal that names the line.

Files that a person hands over are data, never instructions. No tags, anchors, aliases, merges, interpolation, second
documents or duplicate keys; bounded size, depth and count; UTF-8. Scalars follow YAML 1.2's core schema, so ``NO``, ``1:44``
and ``2025-06-11`` stay text; a number with a leading zero is refused rather than read as octal. It checks form only: what a
key means is for :mod:`sim.config.validate`.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.config.errors import SimError

__all__ = ["Plain", "parse_plain", "read_plain", "read_text"]

MOST_BYTES = 1_000_000
MOST_NODES = 5_000
MOST_DEPTH = 20
MOST_CHARACTERS = 10_000

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9][0-9_]*")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OTHERWISE = re.compile(
    r"(yes|no|on|off|y|n)|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[-+]?[0-9][0-9.]*_[0-9_.]*", re.IGNORECASE
)
_OTHER_BASE = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_WORDS |= {sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")}
_WORDS |= {word: float("nan") for word in (".nan", ".NaN", ".NAN")}
_CODE = re.compile(r"_[a-z]+_")
_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@dataclass
class Plain:
    """The values of a file and the line on which each dotted name stands."""

    values: dict[str, Any]
    name: str = ""
    lines: dict[str, int] = field(default_factory=dict)

    def where(self, path: str) -> str | None:
        """``file:line`` of a dotted name or of the nearest name above it; None where the file has neither."""
        while path:
            if path in self.lines:
                return f"{self.name}:{self.lines[path]}"
            path = path.rpartition(".")[0]
        return None


def read_text(path: Path | str) -> str:
    """The text of a small UTF-8 file.

    Raises
    ------
    SimError
        Missing, not a file, unreadable, too large or in another encoding.
    """
    path = Path(path)
    key = str(path)
    try:
        if not path.exists():
            raise SimError("no such file", key=key)
        if not path.is_file():
            raise SimError("not a file", key=key)
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise SimError(f"cannot be read: {getattr(error, 'strerror', None) or 'not a path'}", key=key) from None
    if len(data) > MOST_BYTES:
        raise SimError("too large", key=key, allowed=f"at most {MOST_BYTES:,} bytes")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            raise SimError(f"encoded as {encoding}", key=key, allowed="UTF-8", cure="save the file as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SimError("not UTF-8", key=f"{key}:{line}", allowed="UTF-8", cure="save the file as UTF-8") from None


def read_plain(path: Path | str, *, groups: bool = False) -> Plain:
    """The mapping in a YAML file.

    ``groups`` is for our own config groups, which Hydra reads too, by YAML 1.1: it allows their ``defaults`` list and refuses the
    words on which the two versions differ.

    Raises
    ------
    SimError
        Naming the file and the line.
    """
    if Path(path).suffix not in (".yaml", ".yml"):
        raise SimError("not a YAML file", key=str(path), allowed="a file that ends in .yaml")
    return parse_plain(read_text(path), str(path), groups=groups)


def parse_plain(text: str, name: str, *, groups: bool = False) -> Plain:
    """The mapping in YAML ``text``; ``name`` is what messages call the file."""
    import yaml

    if "\0" in text:
        raise SimError("contains a NUL character: not a text file", key=name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reader = _Reader(name, groups)
    try:
        for event in yaml.parse(text, Loader=loader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"{name}:{mark.line + 1}" if mark else name
        shown = _caret(text, mark.line, mark.column) if mark else None
        cure = "indent with spaces" if "\\t" in str(error.problem) or (shown and "\t" in shown) else None
        raise SimError(f"not valid YAML: {error.problem or error.context}{shown or ''}", key=line, cure=cure) from None
    except yaml.YAMLError as error:
        raise SimError(f"not valid YAML: {str(error).splitlines()[0]}", key=name) from None
    except RecursionError:
        raise SimError("nested too deeply", key=name, allowed=f"at most {MOST_DEPTH} levels") from None
    if not reader.root:
        raise SimError("empty", key=name, cure="write at least one setting")
    values = reader.root[0]
    if not isinstance(values, dict):
        raise SimError("not settings", key=name, given=values, allowed="a mapping of names to values")
    if not values and not groups:
        raise SimError("empty", key=name, cure="write at least one setting")
    for word in ("hydra",) if groups else ("hydra", "defaults"):
        if word in values:
            place = f"{name}:{reader.lines[word]}"
            raise SimError(f"the key {word} is not accepted in a file", key=place, allowed="settings and plain values")
    return Plain(values, name, reader.lines)


def _caret(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    if line >= len(lines) or len(lines[line]) > 160:
        return ""
    return f"\n    {lines[line]}\n    {' ' * column}^"


class _Reader:
    """Builds plain values from parser events, refusing as early as it can."""

    def __init__(self, name: str, groups: bool) -> None:
        self.name = name
        self.groups = groups
        self.root: list[Any] = []
        self.lines: dict[str, int] = {}
        self._open: list[list[Any]] = []
        self._documents = 0
        self._nodes = 0

    def take(self, event: Any) -> None:
        """Take one parser event."""
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise self._refuse(line, "a second document", "one document to a file: remove the line ---")
        elif kind == "AliasEvent":
            raise self._refuse(line, "an alias (*)", "write the value out")
        elif kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent"):
            self._start(event, kind, line)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()

    def _refuse(self, line: int, what: str, cure: str | None = None) -> SimError:
        return SimError(f"{what} is not accepted in a file", key=f"{self.name}:{line}", cure=cure)

    def _start(self, event: Any, kind: str, line: int) -> None:
        self._nodes += 1
        if self._nodes > 2 * MOST_NODES:
            raise SimError("too many settings", key=f"{self.name}:{line}", allowed=f"at most {MOST_NODES:,}")
        if event.anchor is not None:
            raise self._refuse(line, "an anchor (&)", "write the value out")
        if event.tag not in (None, "!") or (event.tag == "!" and kind != "ScalarEvent"):
            raise self._refuse(line, "a tag (!)", "write plain values")
        if kind == "ScalarEvent":
            self._scalar(event, line)
            return
        if len(self._open) >= MOST_DEPTH:
            raise SimError("nested too deeply", key=f"{self.name}:{line}", allowed=f"at most {MOST_DEPTH} levels")
        value: Any = {} if kind == "MappingStartEvent" else []
        path = self._place(value, line)
        self._open.append([value, None, path])

    def _scalar(self, event: Any, line: int) -> None:
        text = event.value
        if len(text) > MOST_CHARACTERS:
            raise SimError(
                "a value is too long", key=f"{self.name}:{line}", allowed=f"at most {MOST_CHARACTERS:,} characters"
            )
        if "${" in text:
            raise self._refuse(line, "interpolation (${…})", "write the value itself")
        if self._open and isinstance(self._open[-1][0], dict) and self._open[-1][1] is None:
            self._key(text, line)
        else:
            self._place(text if event.style else self._resolve(text, line), line)

    def _key(self, text: str, line: int) -> None:
        top = self._open[-1]
        path = f"{top[2]}.{text}" if top[2] else text
        if _CODE.fullmatch(text):
            raise self._refuse(line, f"the key {text}", "a file holds settings; nothing in it can run code")
        if text == "<<":
            raise self._refuse(line, "a merge (<<)", "write the settings out")
        if not text or len(text) > 200 or not text.isprintable():
            raise SimError("not a name", key=f"{self.name}:{line}", given=text[:80])
        if text in top[0]:
            raise SimError(f"given twice: first on line {self.lines[path]}", key=f"{self.name}:{line}", given=path)
        self.lines[path] = line
        top[1] = text

    def _place(self, value: Any, line: int) -> str:
        if not self._open:
            self.root.append(value)
            return ""
        top = self._open[-1]
        if isinstance(top[0], list):
            top[0].append(value)
            return f"{top[2]}.{len(top[0]) - 1}"
        if top[1] is None:
            raise SimError("a name must be a word", key=f"{self.name}:{line}")
        name, top[1] = top[1], None
        top[0][name] = value
        return f"{top[2]}.{name}" if top[2] else name

    def _resolve(self, text: str, line: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            if len(text) > 40:
                raise SimError("a number with too many digits", key=f"{self.name}:{line}", given=text)
            return int(text)
        if _LEADING_ZERO.fullmatch(text):
            cure = "remove the leading zero, or put text in quotes"
            raise SimError("a number with a leading zero", key=f"{self.name}:{line}", given=text, cure=cure)
        if _OTHER_BASE.fullmatch(text):
            raise SimError(
                "a number to another base", key=f"{self.name}:{line}", given=text, cure="write it in decimals"
            )
        if self.groups and _OTHERWISE.fullmatch(text):
            cure = "write true or false, plain digits, or put text in quotes"
            raise SimError(
                "a word that YAML 1.1 takes for another value", key=f"{self.name}:{line}", given=text, cure=cure
            )
        return float(text) if _FLOAT.fullmatch(text) else text
