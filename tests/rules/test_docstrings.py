"""Every rule says what it gives; the head of a module says what its short names are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

MODULES = sorted((Path(sim.__file__).parent / "rules").glob("*.py"))
SHORT = ("s", "p", "w", "f")
ONE_ROW = {"steps"}  # whose head says what its arguments are


def rules_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The compiled functions of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and {ast.unparse(d) for d in node.decorator_list} & {
            "rule",
            "formula",
        }:
            yield node


def silent(text: str) -> list[str]:
    """Rules of a source that say nothing."""
    return [rule.name for rule in rules_of(ast.parse(text)) if not ast.get_docstring(rule)]


def unexplained(text: str) -> set[str]:
    """Short names that rules of a source take and its head does not explain."""
    tree = ast.parse(text)
    taken = {argument.arg for rule in rules_of(tree) for argument in rule.args.args}
    return {
        name
        for name in SHORT
        if name in taken and not re.search(rf"``{name}``", ast.get_docstring(tree) or "")
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_rule_says_what_it_gives(path: Path) -> None:
    assert not silent(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.stem not in ONE_ROW], ids=lambda path: path.stem
)
def test_the_head_of_a_module_explains_its_short_names(path: Path) -> None:
    assert not unexplained(path.read_text(encoding="utf-8"))


def test_a_rule_that_says_nothing_is_found() -> None:
    bare = '"""A head."""\n\n@rule\ndef grow(s, p):\n    pass\n'
    assert silent(bare) == ["grow"]
    assert unexplained(bare) == {"s", "p"}
