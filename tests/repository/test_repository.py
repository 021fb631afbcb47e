"""What must hold of the repository itself."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
COMMANDS = {"lint-imports": "import-linter", "jupyter-execute": "nbclient"}
DISTRIBUTIONS = {
    "ema_workbench": "ema-workbench",
    "hydra": "hydra-core",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def tracked() -> list[Path]:
    """Files under version control, or all of the package where there is no checkout."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a checkout")
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def texts() -> list[tuple[Path, str]]:
    """Every tracked text file, but this one."""
    found = []
    for path in tracked():
        if path == Path(__file__) or path.stat().st_size > 2_000_000:
            continue
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an absolute path of a machine", r"(?<![\w.:/])/(root|home|Users|work|farm|tmp)/\w"),
        (
            "the address of a package registry",
            r"--(extra-)?index[-]url|https?://\S+/simple/|files\.pythonhosted\.org",
        ),
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        ("a token", r"\b(ghp|gho|github_pat|xox[bp]|sk)[-_][A-Za-z0-9_]{20,}"),
    ],
)
def test_no_file_holds(what: str, pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in texts()
        for match in re.finditer(pattern, text)
    ]
    assert not found, f"{what}: {found[:5]}"


def test_the_version_is_told_once() -> None:
    cited = re.search(
        r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert PROJECT["version"] == sim.__version__
    assert cited is not None
    assert cited.group(1) == sim.__version__


@pytest.mark.parametrize("target", PROJECT["scripts"].values())
def test_every_command_exists(target: str) -> None:
    module, _, function = target.partition(":")
    assert callable(getattr(import_module(module), function))


def test_what_the_package_imports_is_required() -> None:
    imported = (
        {name for path in (ROOT / "sim").rglob("*.py") for name in _imports(path)}
        - set(sys.stdlib_module_names)
        - {"sim"}
    )
    optional = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    optional += PYPROJECT["dependency-groups"]["wasm"]
    required = {
        re.split(r"[<>=\[ ]", line)[0].lower() for line in [*PROJECT["dependencies"], *optional]
    }
    assert {DISTRIBUTIONS.get(name, name.lower()) for name in imported} <= required


def _imports(path: Path) -> set[str]:
    """First names of the modules that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {
        alias.name.split(".")[0]
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    return plain | {
        (node.module or "").split(".")[0]
        for node in nodes
        if isinstance(node, ast.ImportFrom) and not node.level
    }


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    blocks = re.split(
        r"\n(?=\S)", (ROOT / "requirements" / name).read_text(encoding="utf-8").strip()
    )
    assert len(blocks) > 20
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


def test_running_brings_no_linker_and_no_second_engine() -> None:
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    names = {line.partition("==")[0] for line in text.splitlines() if not line.startswith(" ")}
    assert "numba" in names
    assert not names & {"ziglang", "wasmtime"}


def pages() -> list[Path]:
    """What a person reads first."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_make_targets_named_in_pages_exist() -> None:
    targets = set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for page in pages():
        named = set(
            re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert named <= targets, page.name


def test_modules_that_pages_run_exist() -> None:
    for page in pages():
        for module in re.findall(
            r"python -m ((?:sim|benchmarks)[\w.]*)", page.read_text(encoding="utf-8")
        ):
            place = ROOT / module.rstrip(".").replace(".", "/")
            assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), (
                f"{page.name}: {module}"
            )


def test_links_between_pages_lead_somewhere() -> None:
    for page in pages():
        for link in re.findall(
            r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")
        ):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_notebooks_carry_no_output() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells), (
            path.name
        )


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, sim; print([m for m in ('numba', 'pandas', 'matplotlib', 'mesa', 'hydra', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ci_and_make_run_nothing_that_no_requirement_brings() -> None:
    pinned = set(
        re.findall(
            r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==",
            (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    commands = set(
        re.findall(r"\$\(BIN\)/([a-z-]+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    ) - {
        "python",
        *PROJECT["scripts"],
    }
    assert {COMMANDS.get(name, name) for name in commands} <= pinned


def test_the_public_names_are_there() -> None:
    for name in sim.__all__:
        assert getattr(sim, name) is not None
