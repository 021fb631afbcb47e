"""The command line: a verb, then what it takes.

A verb is a row of ``VERBS``, and its module in :mod:`sim.verbs` is imported when it is called, so that help comes at once. What goes
wrong becomes a message and an exit code here: 0 done, 1 some of it failed, 2 bad input, 3 the machine's fault, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sim.config.errors import DONE, INTERRUPTED, MACHINE, SimError, nearest

__all__ = ["VERBS", "Verb", "main"]


@dataclass(frozen=True)
class Verb:
    """A row of the table of verbs: ``module`` in :mod:`sim.verbs` has ``help_of(verb)`` and ``command(verb, words)``."""

    summary: str
    examples: tuple[str, ...]
    module: str

    def load(self) -> Any:
        """Its module."""
        return import_module(f"sim.verbs.{self.module}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except SimError as error:
        _complain(str(error))
        return error.exit_code
    except KeyboardInterrupt as stop:
        _complain(str(stop) or "interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        _complain(f"{error.filename or 'the machine'}: {error.strerror or error}")
        return MACHINE
    except MemoryError:
        _complain("out of memory\n  cure: fewer runs at a time, or run.weeks=quantiles")
        return MACHINE
    except Exception as error:
        if _was_interrupted(error):  # a library that tidies up after the interrupt, and fails at it
            _complain("interrupted")
            return INTERRUPTED
        _complain(f"{traceback.format_exc()}a fault of the program, not of your input: please report it")
        return MACHINE


def _was_interrupted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _complain(text: str) -> None:
    sys.stdout.flush()
    encoding = sys.stderr.encoding or "utf-8"
    print(f"tariffsim: {text}".encode(encoding, "replace").decode(encoding), file=sys.stderr)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help())
        return DONE
    if words[0] == "--version":
        print(_version())
        return DONE
    name = words[0]
    if name not in VERBS:
        near = nearest(name, VERBS)
        cure = f"put a verb first: tariffsim run {name}" if "=" in name else "tariffsim --help lists them"
        raise SimError("no such verb", given=name, allowed=VERBS, suggestion=near, cure=cure)
    if "-h" in words or "--help" in words:
        print(_verb_help(name))
        return DONE
    return int(VERBS[name].load().command(name, words[1:]))


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"tariffsim {version('tariffsim')}"
    except PackageNotFoundError:
        return "tariffsim, not installed as a package"


def _help() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {name:{width}}  {verb.summary}" for name, verb in VERBS.items())
    examples = "\n".join(f"  {example}" for verb in VERBS.values() for example in verb.examples)
    return (
        "tariffsim: a tariff truce between Washington and Beijing, simulated\n\n"
        f"usage: tariffsim VERB [name=value ...]\n\nverbs\n{verbs}\n\nexamples\n{examples}\n\n"
        "tariffsim VERB --help says what may follow a verb."
    )


def _verb_help(name: str) -> str:
    verb = VERBS[name]
    examples = "\n".join(f"  {example}" for example in verb.examples)
    return f"tariffsim {name}: {verb.summary}\n\nexamples\n{examples}\n\n{verb.load().help_of(name)}"


VERBS: dict[str, Verb] = {
    "run": Verb(
        "one scenario: an ensemble of runs, tables, figures",
        (
            "tariffsim run",
            "tariffsim run scenario=geneva truce.length_weeks=26 runs=1000",
            "tariffsim run -m scenario=london,geneva linkage.cn=0,0.5,1",
        ),
        "jobs",
    ),
    "sweep": Verb(
        "a design of many scenarios around one; resumable",
        (
            "tariffsim sweep sweep=linkage_by_deadline",
            "tariffsim sweep sweep_file=my_sweep.yaml scenario=breakthrough",
            "tariffsim sweep resume=outputs/sweep/linkage_by_deadline-20251123T101500Z",
        ),
        "jobs",
    ),
    "validate": Verb(
        "known answers and patterns of the record: what the model meets, and what not",
        ("tariffsim validate", "tariffsim validate runs=500 --strict"),
        "validate",
    ),
    "tournament": Verb(
        "every strategy against every other: ranking, outcomes, figure",
        ("tariffsim tournament", "tariffsim tournament scenarios=london,geneva runs=1000"),
        "tournament",
    ),
    "export": Verb(
        "a scenario at a date as files of other tools: Genius and NegMAS, Gambit",
        ("tariffsim export at=2025-08-01", "tariffsim export scenario=geneva at=2025-06-02 levels=21"),
        "export",
    ),
    "reproduce": Verb(
        "make a result again and compare it bit for bit",
        ("tariffsim reproduce outputs/run/london_2025-20251123T101500Z",),
        "archive",
    ),
    "bundle": Verb(
        "a result as one archive for a data repository",
        ("tariffsim bundle outputs/run/london_2025-20251123T101500Z --license CC-BY-4.0",),
        "archive",
    ),
}
