"""Settings -> YAML: scenario files to hand over, and the ``default.yaml`` of each config group.

The defaults are generated from the schema, each key under its meaning, unit, range and source, so that they cannot drift:
``python -m sim.config.render`` rewrites them and a test compares. Text is quoted whenever another YAML reader could take it
for something else.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from sim.config.errors import MACHINE, SimError
from sim.config.fields import Field, schema_of
from sim.config.groups.outcomes import Figures, Run
from sim.config.schema import Scenario

__all__ = ["GROUPS", "default_files", "to_plain", "to_yaml", "write_defaults", "write_text"]

GROUPS = (
    "calendar",
    "issues",
    "us",
    "us/strategy",
    "cn",
    "cn/strategy",
    "linkage",
    "economy",
    "firms",
    "licensing",
    "truce",
    "compliance",
    "politics",
    "shocks",
    "outcomes",
    "run",
    "figures",
)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_AMBIGUOUS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_WIDTH = 118


def to_plain(node: Any) -> Any:
    """A dataclass of settings as nested dicts and lists of plain values."""
    if is_dataclass(node) and not isinstance(node, type):
        return {f.name: _plain_leaf(f.metadata.get("field"), getattr(node, f.name)) for f in fields(node)}
    if isinstance(node, Mapping):
        return {name: to_plain(item) for name, item in node.items()}
    if isinstance(node, (list, tuple)):
        return [to_plain(item) for item in node]
    return node


def _plain_leaf(meta: Field | None, value: Any) -> Any:
    return float(value) if meta is not None and meta.kind == "number" else to_plain(value)


def to_yaml(plain: Mapping[str, Any], indent: int = 0) -> str:
    """Plain data as YAML that every reader takes alike."""
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
        return "{" + ", ".join(f"{_scalar(name)}: {_inline(item)}" for name, item in value.items()) + "}"
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
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SimError(f"cannot be written: {error.strerror}", key=str(path), exit_code=MACHINE) from None


def default_files() -> dict[str, str]:
    """Relative path -> text of every generated file."""
    nodes: dict[str, Any] = {"run": Run(), "figures": Figures()}
    return {f"{group}/default.yaml": _default_file(group, nodes) for group in GROUPS}


def _default_file(group: str, others: Mapping[str, Any]) -> str:
    first, _, inner = group.partition("/")
    node = others.get(first) or getattr(Scenario(), first)
    meta = schema_of(Scenario)[first] if first not in others else None
    if inner:
        meta, node = schema_of(type(node))[inner], getattr(node, inner)
    about = (meta.description if meta else (type(node).__doc__ or "")).strip().split("\n")[0].rstrip(".")
    head = [
        f"# {about}: the values of the London scenario." if meta else f"# {about}",
        "# Generated from the schema by `python -m sim.config.render`: do not edit, write a variant beside it.",
        "",
    ]
    skip = ("strategy",) if group in ("us", "cn") else ()
    return "\n".join(head + list(_lines(node, 0, skip))) + "\n"


def _lines(node: Any, indent: int, skip: tuple[str, ...] = ()) -> Iterator[str]:
    margin = " " * indent
    if isinstance(node, Mapping):
        explained = False
        for name, item in node.items():
            yield f"{margin}{name}:"
            yield from _bare(item, indent + 2) if explained else _lines(item, indent + 2)
            explained = True
        return
    for name, meta in schema_of(type(node)).items():
        value = getattr(node, name)
        if name in skip:
            continue
        if meta.kind in ("group", "mapping"):
            if meta.description:
                yield from _comment(f"{meta.description}", margin)
            yield f"{margin}{name}:"
            yield from _lines(value, indent + 2)
        else:
            yield from _comment(f"{meta.description} [{_range(meta)}]", margin)
            if meta.source:
                yield from _comment(f"source: {meta.source}", margin)
            yield f"{margin}{name}: {_scalar(_plain_leaf(meta, value))}"


def _bare(item: Any, indent: int) -> Iterator[str]:
    return iter(to_yaml(to_plain(item), indent).rstrip("\n").split("\n"))


def _range(meta: Field) -> str:
    if meta.kind not in ("number", "count"):
        return meta.bounds
    plausible = f"; plausible {meta.spread[0]:g} to {meta.spread[1]:g}" if meta.spread else ""
    return f"{meta.unit}; {meta.low:g} to {meta.high:g}{plausible}"


def _comment(text: str, margin: str) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH - len(margin) - 2, break_long_words=False):
        yield f"{margin}# {line}"


def write_defaults(folder: Path) -> None:
    """Write every generated file below ``folder``."""
    for name, text in default_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder / name, text)


if __name__ == "__main__":
    from sim.config.locate import configs_folder

    write_defaults(configs_folder())
