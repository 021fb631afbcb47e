"""No rule writes a code as a number: what is compared, counted or looked up by side, good, driver
or event has its name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
BITS = {
    "mathematics.py",
    "randomness.py",
}  # arithmetic on bits and words, where numbers are numbers
MODULES = sorted({*(PACKAGE / "rules").glob("*.py"), PACKAGE / "ensemble" / "kernel.py"})
FLAGS = {0, 1}
ONE_ROW = {"shape", "s", "p", "series"}  # a length, and the one-row arrays of sim.rules.steps
LANES = {"column"}  # of a sum in a fixed order: a place in it stands for nothing
BREAKPOINTS = {"point", "value", "fixed", "curve"}  # of a frontier: the first is 0


def number(node: ast.AST | None) -> int | None:
    """The whole number that an expression is written as; None of any other."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return sign * node.value
    return None


def compiled(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The rules and formulas of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and {ast.unparse(d) for d in node.decorator_list} & {
            "rule",
            "formula",
        }:
            yield node


def literal(node: ast.AST) -> bool:
    """Whether an expression writes a code as a number."""
    if isinstance(node, ast.Compare):
        equal = any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        return equal and any(
            (number(side) or 0) not in FLAGS for side in (node.left, *node.comparators)
        )
    if isinstance(node, ast.Subscript):
        called = getattr(node.value, "attr", getattr(node.value, "id", ""))
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        written = [k for k, index in enumerate(indices) if number(index) is not None]
        first = called in BREAKPOINTS and written == [len(indices) - 1] and number(indices[-1]) == 0
        return bool(written) and not first and called not in ONE_ROW | LANES
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") == "range" and any(
            number(given) is not None for given in node.args
        )
    if isinstance(node, ast.BinOp):
        shifted = isinstance(node.op, ast.LShift | ast.RShift) and number(node.right) is not None
        coded = isinstance(node.op, ast.Mult) and None is not (
            number(node.left) or number(node.right)
        )
        return shifted or coded
    return False


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.name not in BITS], ids=lambda path: path.stem
)
def test_rules_name_what_they_compare_count_and_look_up(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for function in compiled(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.expr) and literal(node)
    ]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "w.tariff[0]",
        "kind == 2",
        "kind != -3",
        "range(2)",
        "s.offers[track, 1, k]",
        "events >> 13",
        "12 * i + k",
    ],
)
def test_the_search_finds_codes_that_are_written_as_numbers(text: str) -> None:
    assert any(literal(node) for node in ast.walk(ast.parse(text)))


def test_nobody_finds_an_event_by_the_number_of_its_bit() -> None:
    folders = (PACKAGE, PACKAGE.parent / "tests", PACKAGE.parent / "benchmarks")
    by_number = re.compile(r'events"?\]?\)?(\[[^\]]*\])? *(>>|& *1 *<<) *\d')
    files = [path for folder in folders for path in folder.rglob("*.py") if path != Path(__file__)]
    assert not [path for path in files if by_number.search(path.read_text(encoding="utf-8"))]
