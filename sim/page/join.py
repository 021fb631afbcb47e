"""JavaScript modules -> one classic script.

Each module becomes a function called once, in the order of imports, so that its private names stay
private; what it exports is an object that later modules take names from. Only the plain forms are
taken, and anything else ends the build: ``import { a, b } from "./other.js";`` and ``export`` before
a function, a class or a ``const``. A name that is imported but not exported, a module that is
missing and a circle of imports end it too. So the same sources always give the same script, and no
tool of another language has to be installed to make it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sim.config.errors import MACHINE, SimError

__all__ = ["imported_by", "join"]

_IMPORT = re.compile(r'^import \{\s*([\w$,\s]+?),?\s*\} from "\./([\w-]+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) ([\w$]+))", re.MULTILINE)
# a type of another module, import("./other.js").Name, stands in comments and is no import
_OTHER = re.compile(
    r"^(?:import|export)\b.*$|\bimport\((?!\"\./[\w-]+\.js\"\)\.[A-Z]).*|\bimport\.meta\b",
    re.MULTILINE,
)
# comments on lines of their own, a third of a module: the sources keep them
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/)[\s\S])*\*/|//.*)[ \t]*\n", re.MULTILINE)


def join(entry: Path) -> str:
    """The script of the module ``entry`` and of all that it imports.

    Raises
    ------
    SimError
        A module that is missing or imports in a circle, a name that nobody exports, or a form of
        import or export that is not taken.
    """
    exported: dict[str, list[str]] = {}
    parts = ['"use strict";']
    for path in imported_by(entry):
        body, names = _wrapped(path, exported)
        exported[path.name] = names
        parts.append(body)
    return "\n".join(parts) + "\n"


def imported_by(entry: Path) -> list[Path]:
    """The module ``entry`` and all that it imports, each after those that it imports."""
    found: dict[Path, bool] = {}

    def visit(path: Path, asked_by: str) -> None:
        if found.get(path):
            return
        if path in found:
            raise _broken(f"{asked_by} and {path.name} import each other in a circle")
        if not path.is_file():
            raise _broken(f"{asked_by} imports {path.name}, which is missing")
        found[path] = False
        for name in _imports(path.read_text(encoding="utf-8")):
            visit(path.with_name(name), path.name)
        del found[path]
        found[path] = True  # after those that it imports

    visit(entry, "the page")
    return list(found)


def _imports(source: str) -> Iterator[str]:
    return (found[2] for found in _IMPORT.finditer(source))


def _wrapped(path: Path, exported: dict[str, list[str]]) -> tuple[str, list[str]]:
    """A module as a function called once, and the names that it exports."""
    source = path.read_text(encoding="utf-8")

    def taken(found: re.Match[str]) -> str:
        names = [name.strip() for name in found[1].split(",")]
        missing = [name for name in names if name not in exported[found[2]]]
        if missing:
            raise _broken(f"{path.name} imports {missing[0]}, which {found[2]} does not export")
        return f"const {{ {', '.join(names)} }} = {_variable(found[2])};"

    names = [found[1] for found in _EXPORT.finditer(source)]
    body = _EXPORT.sub("", _IMPORT.sub(taken, source)).strip()
    other = _OTHER.search(body)
    if other:
        raise _broken(f"{path.name}: this form of import or export is not taken: {other[0]}")
    body = _COMMENT.sub("", f"{body}\n").strip()
    given = f"return {{ {', '.join(names)} }};\n" if names else ""
    return f"const {_variable(path.name)} = (() => {{\n{body}\n{given}}})();", names


def _variable(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))


def _broken(problem: str) -> SimError:
    return SimError(problem, exit_code=MACHINE)
