"""The machine fails at every call in turn: what is left is whole, goes on to the same content, or
is refused by name.

Every open, read, write, fsync, rename, mkdir and unlink below the working folder counts, whoever
makes it (``faults.c``). A few of them fail here, at least 1,500 every night.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OPEN, READ, WRITE, FSYNC, RENAME, MKDIR, UNLINK = (1 << bit for bit in range(7))
EVERY = (1 << 7) - 1
SHORT = -1
ERRORS = {
    "ENOSPC": (errno.ENOSPC, OPEN | WRITE | FSYNC | RENAME | MKDIR),
    "EIO": (errno.EIO, EVERY),
    "EACCES": (errno.EACCES, OPEN | RENAME | MKDIR | UNLINK),
    "EMFILE": (errno.EMFILE, OPEN),
    "EINTR": (errno.EINTR, READ | WRITE | FSYNC),
    "short": (SHORT, READ | WRITE),
}
QUIET = ("figures.draw=false", "figures.report=false", "threads=1")
SWEEP = "name: small\nkind: grid\nfactors:\n  linkage.cn: {values: [0.0, 0.5, 1.0]}\nruns: 300\n"
VERBS = ("run", "sweep", "resume", "reproduce", "bundle")
DONE, BAD_INPUT, MACHINE = 0, 2, 3


@dataclass
class Server:
    """A warm process that runs commands with a fault."""

    process: subprocess.Popen[str]
    apart: Path

    def ask(
        self, words: list[str], folder: Path, at: int, error: int, kinds: int
    ) -> tuple[int, str, int]:
        """Exit code, standard error and number of calls counted."""
        asked = {
            "words": words,
            "folder": f"{folder}/",
            "at": at,
            "error": error,
            "kinds": kinds,
            "apart": str(self.apart),
        }
        assert self.process.stdin and self.process.stdout
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return answer["code"], answer["told"], answer["calls"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, its library compiled for this machine."""
    if not sys.platform.startswith("linux"):
        pytest.skip("faults are injected by LD_PRELOAD")
    folder = tmp_path_factory.mktemp("faults")
    library = folder / "faults.so"
    zig = [
        sys.executable,
        "-m",
        "ziglang",
        "cc",
        "-O1",
        "-shared",
        "-fPIC",
        "-o",
        str(library),
        str(HERE / "faults.c"),
    ]
    subprocess.run(
        zig, check=True, capture_output=True, env={**os.environ, "ZIG_LOCAL_CACHE_DIR": str(folder)}
    )
    room = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(library),
        "TMPDIR": str(folder),
    }
    command = [sys.executable, str(HERE / "fault_server.py"), str(library)]
    process = subprocess.Popen(
        command, env=room, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield Server(process, folder)
    assert process.stdin
    process.stdin.close()
    process.wait(timeout=60)


@pytest.fixture(scope="module")
def originals(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Whole results of run and sweep, and a sweep that was stopped."""
    out = tmp_path_factory.mktemp("originals")
    (out / "w.yaml").write_text(SWEEP, encoding="utf-8")
    for words in (["run", "runs=40"], ["sweep", f"sweep_file={out / 'w.yaml'}"]):
        code, told, _ = server.ask([*words, *QUIET, f"out={out}"], out, 0, 0, EVERY)
        assert code == DONE, told
    found = {verb: next((out / verb).iterdir()) for verb in ("run", "sweep")}
    found["resume"] = shutil.copytree(found["sweep"], out / "stopped")
    (found["resume"] / "manifest.json").unlink()
    sorted((found["resume"] / "runs").glob("part-*"))[-1].unlink()
    return found


class Trial:
    """One verb in a folder of its own, and what must hold of what it leaves."""

    def __init__(self, verb: str, originals: dict[str, Path], place: Path) -> None:
        self.verb, self.place = verb, place
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        (place / "dear.txt").write_text("somebody's", encoding="utf-8")
        self.wanted = {name: content(originals[name]) for name in ("run", "sweep")}
        self.given = place / "given"
        if verb == "run":
            self.words = ["run", "runs=40", *QUIET, f"out={place / 'out'}"]
        elif verb == "sweep":
            (place / "w.yaml").write_text(SWEEP, encoding="utf-8")
            self.words = ["sweep", f"sweep_file={place / 'w.yaml'}", *QUIET, f"out={place / 'out'}"]
        elif verb == "resume":
            shutil.copytree(originals["resume"], self.given)
            self.words = ["sweep", f"resume={self.given}", *QUIET[:3]]
        else:
            shutil.copytree(originals["sweep"], self.given)
            self.words = [
                verb,
                str(self.given),
                *(["out=" + str(place / "one.zip")] if verb == "bundle" else []),
            ]
        self.before = tree(place)

    def hold(self, server: Server, code: int, told: str) -> None:
        """Raise where something was taken for whole, lost or said wrongly."""
        # a place to write to that may not be used is the choice of whoever named it: SECURITY.md
        named = (
            code == BAD_INPUT
            and self.verb in ("run", "sweep", "bundle")
            and str(self.place) in told
            and "permission denied" in told.lower()
        )
        assert code in (DONE, MACHINE) or named, (code, told)
        assert "Traceback" not in told, told
        assert (self.place / "dear.txt").read_text(encoding="utf-8") == "somebody's"
        if self.verb in ("run", "sweep"):
            self._hold_made(server, code)
        elif self.verb == "resume":
            self._go_on(server, self.given)
        else:
            after = tree(self.place)
            made = {name for name in after if name not in self.before}
            assert {name: after.get(name) for name in self.before} == self.before
            assert made <= ({"one.zip"} if code == DONE and self.verb == "bundle" else set())
            if code == DONE and self.verb == "bundle":
                self.verb_of_archive(server)

    def verb_of_archive(self, server: Server) -> None:
        """A bundle that was said to be made is a result that comes out the same."""
        code, told, _ = server.ask(
            ["reproduce", str(self.place / "one.zip")], self.place, 0, 0, EVERY
        )
        assert code == DONE, told

    def _hold_made(self, server: Server, code: int) -> None:
        made = list((self.place / "out" / self.verb).glob("*"))
        if code == DONE:
            assert [content(path) for path in made] == [self.wanted[self.verb]]
        for folder in made if code != DONE else ():
            if (
                folder / "manifest.json"
            ).exists() and self.verb == "run":  # what failed came after: its answer, or its figures
                assert content(folder) == self.wanted["run"]
                continue
            # what a failure leaves else is a sweep that goes on, never half of a result
            assert self.verb == "sweep" and (folder / "plan.json").exists(), sorted(tree(folder))
            self._go_on(server, folder)

    def _go_on(self, server: Server, folder: Path) -> None:
        code, told, _ = server.ask(["sweep", f"resume={folder}", *QUIET[:3]], folder, 0, 0, EVERY)
        assert code == DONE, told
        assert content(folder) == self.wanted["sweep"]
        names = {path.name for path in folder.rglob("*")}
        names.discard(
            ".lock"
        )  # where the call that fails is the one that would remove it; it holds nothing and nobody
        assert not [name for name in names if name.startswith(".") or name.endswith(".part")], names


def content(folder: Path) -> str:
    """Hash of what the runs of a finished result say."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["content"]["runs"]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and what it holds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def try_faults(
    verb: str, name: str, most: int, server: Server, originals: dict[str, Path], tmp_path: Path
) -> tuple[int, list[str]]:
    """Let up to ``most`` calls fail, evenly over all; how many did, and what did not hold."""
    error, kinds = ERRORS[name]
    trial = Trial(verb, originals, tmp_path / "trial")
    code, told, calls = server.ask(trial.words, trial.place, 0, error, kinds)
    assert code == DONE, told
    numbers = range(1, calls + 1)
    chance = random.Random(f"{verb} {name}")
    chosen = sorted(chance.sample(numbers, most)) if len(numbers) > most else list(numbers)
    wrong = []
    for at in chosen:
        trial = Trial(verb, originals, tmp_path / "trial")
        code, told, _ = server.ask(trial.words, trial.place, at, error, kinds)
        try:
            trial.hold(server, code, told)
        except Exception as fault:
            wrong.append(f"{verb} {name} at {at}: {type(fault).__name__} {str(fault)[:400]}")
    return len(chosen), wrong


@pytest.mark.parametrize(
    "verb", [v if v == "resume" else pytest.param(v, marks=pytest.mark.nightly) for v in VERBS]
)
def test_a_few_calls_fail(
    verb: str, server: Server, originals: dict[str, Path], tmp_path: Path
) -> None:
    for name in ("ENOSPC", "EIO"):
        assert try_faults(verb, name, 3, server, originals, tmp_path)[1] == []


@pytest.mark.nightly
def test_fifteen_hundred_calls_fail(
    server: Server, originals: dict[str, Path], tmp_path: Path
) -> None:
    tried, wrong = 0, list[str]()
    for verb in VERBS:
        for name in ERRORS:
            count, found = try_faults(verb, name, 80, server, originals, tmp_path)
            tried, wrong = tried + count, wrong + found
    assert wrong == []
    assert tried >= 1_500, tried
