"""YAML in and out: a strict reader of plain data, and a writer whose output every reader reads the
same way.

Files from users are data, never instructions. No tags, anchors, aliases, merges,
interpolation, second documents or duplicate names; bounded size, depth and count; UTF-8. Scalars
follow YAML 1.2's core schema, so ``NO``, ``1:44`` and ``2025-06-11`` stay text; a number with a
leading zero is refused rather than read as octal. It checks form only: what a name means is for
:mod:`sim.config.check`.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.config.errors import MACHINE, SimError, fault_of_folder

__all__ = ["Plain", "parse_yaml", "read_text", "read_yaml", "to_yaml", "write_text"]

MOST_BYTES = 1_000_000
MOST_NODES = 10_000
MOST_DEPTH = 20
MOST_CHARACTERS = 10_000

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9][0-9_]*")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OTHER_BASE = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(
    ("false", "False", "FALSE"), False
)
_WORDS |= {
    sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")
}
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
    """The values of a file, and the line of each dotted name."""

    values: dict[str, Any]
    name: str = ""
    lines: dict[str, int] = field(default_factory=dict)

    def where(self, path: str) -> str | None:
        """``file:line`` of a dotted name or of the nearest name above it; None where the file has
        neither.
        """
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
        if path.is_dir():
            raise SimError("a folder, not a file", key=key, cure="name the file in it")
        if not path.is_file():
            raise SimError("not a file", key=key)
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise SimError(
            f"cannot be read: {getattr(error, 'strerror', None) or 'not a path'}",
            key=key,
            exit_code=fault_of_folder(error),
        ) from None
    if len(data) > MOST_BYTES:
        raise SimError("too large", key=key, allowed=f"at most {MOST_BYTES:,} bytes")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            raise SimError(
                f"encoded as {encoding}", key=key, allowed="UTF-8", cure="save the file as UTF-8"
            )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SimError(
            "not UTF-8", key=f"{key}:{line}", allowed="UTF-8", cure="save the file as UTF-8"
        ) from None


def read_yaml(path: Path | str, *, defaults: bool = False) -> Plain:
    """The mapping in a YAML file.

    ``defaults`` is for our own config groups: it allows their list of what they build on, and a
    file of nothing else.

    Raises
    ------
    SimError
        Naming the file and the line.
    """
    if Path(path).suffix not in (".yaml", ".yml", ".json"):  # JSON is YAML
        allowed = "a file that ends in .yaml or .json"
        raise SimError("not a YAML file", key=str(path), allowed=allowed)
    return parse_yaml(read_text(path), str(path), defaults=defaults)


def parse_yaml(text: str, name: str, *, defaults: bool = False) -> Plain:
    """The mapping in YAML ``text``; ``name`` is what messages call the file."""
    import yaml

    if "\0" in text:
        raise SimError("contains a NUL character: not a text file", key=name)
    reader = _Reader(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), name)
    try:
        values = reader.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"{name}:{mark.line + 1}" if mark else name
        shown = _caret(text, mark.line, mark.column) if mark else None
        cure = (
            "indent with spaces"
            if "\\t" in str(error.problem) or (shown and "\t" in shown)
            else None
        )
        raise SimError(
            f"not valid YAML: {error.problem or error.context}{shown or ''}", key=line, cure=cure
        ) from None
    except yaml.YAMLError as error:
        raise SimError(f"not valid YAML: {str(error).splitlines()[0]}", key=name) from None
    except RecursionError:
        raise SimError(
            "nested too deeply", key=name, allowed=f"at most {MOST_DEPTH} levels"
        ) from None
    if values is _NOTHING or (values == {} and not defaults):
        raise SimError("empty", key=name, cure="write at least one setting")
    if not isinstance(values, dict):
        raise SimError(
            "not settings", key=name, given=values, allowed="a mapping of names to values"
        )
    for word in ("hydra",) if defaults else ("hydra", "defaults"):
        if word in values:
            place = f"{name}:{reader.lines[word]}"
            raise SimError(
                f"the key {word} is not accepted in a file",
                key=place,
                allowed="settings and plain values",
            )
    return Plain(values, name, reader.lines)


def _caret(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    if line >= len(lines) or len(lines[line]) > 160:
        return ""
    return f"\n    {lines[line]}\n    {' ' * column}^"


def _bare(path: str) -> str:
    """A dotted name without the signs that add or remove."""
    return re.sub(r"(^|\.)[+~]+", r"\1", path)


_NOTHING = object()


class _Reader:
    """Makes plain values of parser events, refusing as early as it can."""

    def __init__(self, events: Any, name: str) -> None:
        self.events, self.name = events, name
        self.lines: dict[str, int] = {}
        self._settled: dict[str, int] = {}
        self._nodes = 0

    def document(self) -> Any:
        """The one document; ``_NOTHING`` where there is none."""
        values, documents = _NOTHING, 0
        for event in self.events:
            kind = type(event).__name__
            documents += kind == "DocumentStartEvent"
            if documents > 1:
                raise self._refuse(
                    event, "a second document", "one document to a file: remove the line ---"
                )
            if kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent", "AliasEvent"):
                values = self._node(event, "", 0)
        return values

    def _node(self, event: Any, path: str, depth: int) -> Any:
        self._check(event)
        kind = type(event).__name__
        if kind == "ScalarEvent":
            return event.value if event.style else self._resolve(event)
        if depth >= MOST_DEPTH:
            raise self._error(event, "nested too deeply", allowed=f"at most {MOST_DEPTH} levels")
        return (
            self._mapping(path, depth)
            if kind == "MappingStartEvent"
            else self._sequence(path, depth)
        )

    def _mapping(self, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                break
            self._check(event)
            if type(event).__name__ != "ScalarEvent":
                raise self._error(event, "a name must be a word")
            name = self._name(event, found, path)
            here = f"{path}.{name}" if path else name
            self.lines[_bare(here)] = event.start_mark.line + 1
            found[name] = self._node(next(self.events), here, depth + 1)
            if not found[name] or not isinstance(found[name], dict):
                self._settle(event, here)
        return found

    def _settle(self, event: Any, here: str) -> None:
        """Refuse a value whose dotted name has one: ``linkage.cn: 0.3`` is ``linkage: {cn: 0.3}``."""
        if "~" in here:  # an item that is removed may be added anew
            return
        name, line = _bare(here), event.start_mark.line + 1
        if name in self._settled:
            raise self._twice(event, name, self._settled[name])
        self._settled[name] = line

    def _sequence(self, path: str, depth: int) -> list[Any]:
        found: list[Any] = []
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            found.append(self._node(event, f"{path}.{len(found)}", depth + 1))
        return found

    def _check(self, event: Any) -> None:
        """Refuse what no value and no name may have."""
        kind = type(event).__name__
        if kind == "AliasEvent":
            raise self._refuse(event, "an alias (*)", "write the value out")
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._error(event, "too many settings", allowed=f"at most {MOST_NODES // 2:,}")
        if event.anchor is not None:
            raise self._refuse(event, "an anchor (&)", "write the value out")
        if event.tag not in (None, "!") or (event.tag == "!" and kind != "ScalarEvent"):
            raise self._refuse(event, "a tag (!)", "write plain values")
        if kind == "ScalarEvent" and len(event.value) > MOST_CHARACTERS:
            raise self._error(
                event, "a value is too long", allowed=f"at most {MOST_CHARACTERS:,} characters"
            )
        if kind == "ScalarEvent" and "${" in event.value:
            raise self._refuse(event, "interpolation (${…})", "write the value itself")

    def _name(self, event: Any, found: Mapping[str, Any], path: str) -> str:
        name = str(event.value)
        if _CODE.fullmatch(name):
            raise self._refuse(
                event, f"the key {name}", "a file holds settings; nothing in it can run code"
            )
        if name == "<<":
            raise self._refuse(event, "a merge (<<)", "write the settings out")
        if not name or len(name) > 200 or not name.isprintable():
            raise self._error(event, "not a name", given=name[:80])
        if name in found:
            here = f"{path}.{name}" if path else name
            raise self._twice(event, here, self.lines[_bare(here)])
        return name

    def _twice(self, event: Any, name: str, first: int) -> SimError:
        return self._error(event, f"given twice: first on line {first}", given=name)

    def _resolve(self, event: Any) -> Any:
        text = event.value
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            if len(text) > 40:
                raise self._error(event, "a number with too many digits", given=text)
            return int(text)
        if _LEADING_ZERO.fullmatch(text):
            cure = "remove the leading zero, or put text in quotes"
            raise self._error(event, "a number with a leading zero", given=text, cure=cure)
        if _OTHER_BASE.fullmatch(text):
            raise self._error(
                event, "a number to another base", given=text, cure="write it in decimals"
            )
        return float(text) if _FLOAT.fullmatch(text) else text

    def _error(self, event: Any, problem: str, **parts: Any) -> SimError:
        return SimError(problem, key=f"{self.name}:{event.start_mark.line + 1}", **parts)

    def _refuse(self, event: Any, what: str, cure: str) -> SimError:
        return self._error(event, f"{what} is not accepted in a file", cure=cure)


_WORD = re.compile(r"[a-z][a-z0-9_]*")
_AMBIGUOUS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def to_yaml(plain: Mapping[str, Any], indent: int = 0) -> str:
    """Plain data as YAML; text is quoted wherever another reader could take it for something
    else.
    """
    lines = []
    for name, value in plain.items():
        key = f"{' ' * indent}{_scalar(name)}:"
        if isinstance(value, Mapping) and value:
            lines += [key, to_yaml(value, indent + 2).rstrip("\n")]
        else:
            lines.append(f"{key} {_inline(value)}")
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{_scalar(name)}: {_inline(item)}" for name, item in value.items())
            + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits = repr(value)
        return digits.replace("e", ".0e") if "e" in digits and "." not in digits else digits
    text = str(value)
    plain = _WORD.fullmatch(text) and text not in _AMBIGUOUS
    return text if plain else json.dumps(text, ensure_ascii=False)


def write_text(path: Path | str, text: str) -> None:
    """Write a small file so that it is there whole or not at all.

    Raises
    ------
    SimError
        ``MACHINE`` when the disk or a permission prevents it.
    """
    path = Path(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SimError(
            f"cannot be written: {error.strerror}", key=str(path), exit_code=MACHINE
        ) from None
