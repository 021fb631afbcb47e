"""The command line: a verb, then its settings and switches.

A verb is a row of ``VERBS``. Its module in :mod:`sim.verbs` is imported only when the verb is used,
so that help is fast. The output of a verb is printed here. An error becomes a message and an exit
code: 0 done, 1 partly failed, 2 bad input, 3 a fault of the machine, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from sim.config.errors import INTERRUPTED, MACHINE, SimError, nearest
from sim.verbs.output import Output
from sim.verbs.signals import Interruptions, interruptible
from sim.verbs.streams import empty, forgiving_stderr, stdout_to_stderr
from sim.verbs.surroundings import plain_surroundings

__all__ = ["VERBS", "Verb", "main"]


@dataclass(frozen=True)
class Verb:
    """A row of the table of verbs: ``module`` in :mod:`sim.verbs` has ``takes(verb)`` and
    ``command(line)``.
    """

    summary: str
    examples: tuple[str, ...]
    module: str

    def load(self) -> Any:
        """Import its module."""
        return import_module(f"sim.verbs.{self.module}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit code."""
    if arguments is None and "_ARGCOMPLETE" in os.environ:
        from sim.verbs.completion import complete

        complete(VERBS)
    if arguments is not None:
        return _run(list(arguments))
    with interruptible() as came:
        try:
            with plain_surroundings():
                return _run(sys.argv[1:], came)
        except KeyboardInterrupt:  # a second one, while the first was answered
            return came.exit_code


def _run(words: list[str], came: Interruptions | None = None) -> int:
    """Attempt a command line and print its answer; its exit code."""
    came, machine = came or Interruptions(), "--json" in words
    with forgiving_stderr():
        with stdout_to_stderr() if machine else contextlib.nullcontext():
            output = _attempt(words, came)
        if came.number:
            output = replace(output, exit_code=came.exit_code)
        return _say(output, words[0] if words[0] in VERBS else "") if machine else _say(output)


def _attempt(words: list[str], came: Interruptions) -> Output:
    """Run a command line; if it fails, the message is already printed on standard error."""
    try:
        return _dispatch(words)
    except KeyboardInterrupt as stop:
        return _failed(str(stop) or "interrupted", INTERRUPTED)
    except SimError as error:
        if came.number:  # a library made another error of it
            return _failed("interrupted", INTERRUPTED)
        return _failed(str(error), error.exit_code)
    except BrokenPipeError:
        return Output()
    except OSError as error:
        return _failed(f"{error.filename or 'the machine'}: {error.strerror or error}", MACHINE)
    except MemoryError:
        return _failed(
            "out of memory\n  cure: fewer runs at a time, or run.weeks=quantiles", MACHINE
        )
    except Exception as error:
        if came.number or _was_interrupted(
            error
        ):  # a library failed while cleaning up after the interrupt
            return _failed("interrupted", INTERRUPTED)
        text = f"{traceback.format_exc()}this is a fault of the program, not of your input: please report it"
        return _failed(text, MACHINE)


def _was_interrupted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _failed(text: str, code: int) -> Output:
    _print_error(text)
    return Output(exit_code=code, problem=text)


def _print_error(text: str) -> None:
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    encoding = sys.stderr.encoding or "utf-8"
    print(f"tariffsim: {text}".encode(encoding, "replace").decode(encoding), file=sys.stderr)


def _say(output: Output, verb: str | None = None) -> int:
    """Print the output, as JSON where ``verb`` is given. Return its exit code, or MACHINE if
    standard output cannot be written.
    """
    text = output.lines() if verb is None else output.json(verb)
    try:
        print(text, end="\n" if text else "", flush=True)
    except BrokenPipeError:  # the reader closed the pipe
        empty(sys.stdout)
    except OSError as error:
        empty(sys.stdout)
        _print_error(f"standard output: {error.strerror or error}")
        return output.exit_code or MACHINE
    return output.exit_code


def _dispatch(words: list[str]) -> Output:
    if not words or words[0] in ("-h", "--help", "help"):
        return Output(shown=_help())
    if words[0] == "--version":
        return Output(shown=_version())
    name = words[0]
    if name not in VERBS:
        near = nearest(name, VERBS)
        cure = "tariffsim --help lists them"
        if "=" in name or name.startswith("-"):
            cure = f"put a verb first: tariffsim run {name}"
        raise SimError("no such verb", given=name, allowed=VERBS, suggestion=near, cure=cure)
    from sim.verbs.grammar import read_line

    verb, module = VERBS[name], VERBS[name].load()
    takes = module.takes(name)
    line = read_line(name, takes, words[1:])
    if "--help" in line.switches:
        from sim.verbs.about import help_of

        return Output(shown=help_of(name, verb.summary, verb.examples, takes))
    output: Output = module.command(line)
    return output


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
        f"usage: tariffsim VERB [name=value ...] [--switch ...]\n\nverbs\n{verbs}\n\nexamples\n{examples}\n\n"
        "Settings are name=value, switches are --name, for every verb. tariffsim VERB --help lists both."
    )


VERBS: dict[str, Verb] = {
    "run": Verb(
        "one scenario: an ensemble of runs, tables, figures",
        (
            "tariffsim run",
            "tariffsim run scenario=geneva truce.length_weeks=26 runs=1000",
            "tariffsim run -m scenario=london,geneva linkage.cn=0,0.5,1",
            "tariffsim run deadline=2025-09-30 folder=results/september --json",
        ),
        "jobs",
    ),
    "sweep": Verb(
        "many scenarios around one, by a design; can be resumed",
        (
            "tariffsim sweep sweep=linkage_by_deadline",
            "tariffsim sweep sweep_file=my_sweep.yaml scenario=breakthrough",
            "tariffsim sweep resume=outputs/sweep/linkage_by_deadline-20251123T101500Z",
        ),
        "jobs",
    ),
    "validate": Verb(
        "known answers and patterns of the record: which ones the model meets",
        (
            "tariffsim validate",
            "tariffsim validate runs=500 --strict",
            "tariffsim validate scale scenario=geneva_2025",
        ),
        "validate",
    ),
    "tournament": Verb(
        "every strategy against every other: ranking, outcomes, figure",
        ("tariffsim tournament", "tariffsim tournament scenarios=london,geneva runs=1000"),
        "tournament",
    ),
    "exercise": Verb(
        "a negotiation exercise of your own: its case sheet played by the strategies, or offers scored",
        (
            "tariffsim exercise file=case_sheet.yaml",
            "tariffsim exercise file=case_sheet.yaml offers=transcript.csv",
        ),
        "exercise",
    ),
    "compare": Verb(
        "scenarios under the same draws: how far apart they end, and which lever matters most",
        (
            "tariffsim compare left=tactical_pause right=breakthrough",
            "tariffsim compare left=london truce.length_weeks=26 outcome=breakdown",
            "tariffsim compare scenarios=london,geneva,escalation runs=1000 figures=projector",
        ),
        "compare",
    ),
    "reach": Verb(
        "the least change of a scenario that lifts an outcome to a share, and what more would take",
        (
            "tariffsim reach outcome=narrow_deal share=0.5 cap.breakdown=0.2 from=london levers=resolve.trade,truce",
            "tariffsim reach outcome=narrow_deal share=0.4 levers=resolve.trade:2..16,truce.length_weeks:8..26 most=2",
            "tariffsim reach outcome=narrow_deal levers=extension_cost over=settings",
        ),
        "reach",
    ),
    "ask": Verb(
        "the chance that something happens by a day, with its doubts",
        (
            "tariffsim ask 'truce in force' on=2025-11-10",
            "tariffsim ask 'extended twice' then 'a narrow deal' within=26w given='no break'",
            "tariffsim ask questions=autumn_2025 runs=5000",
        ),
        "ask",
    ),
    "explain": Verb(
        "one run in sentences: a line a week in which something happened",
        (
            "tariffsim explain run=17",
            "tariffsim explain scenario=geneva run=3 seed=2",
            "tariffsim explain results=outputs/run/london_2025-20251123T101500Z run=4",
        ),
        "explain",
    ),
    "branch": Verb(
        "one run up to a week, and from there many futures, as they come or with settings changed",
        (
            "tariffsim branch run=17 week=40",
            "tariffsim branch scenario=geneva run=3 week=12 runs=1000 linkage.cn=0.1",
        ),
        "branch",
    ),
    "sensitivity": Verb(
        "what moves an outcome: direction and size of every lever, indices, and the noise between runs",
        (
            "tariffsim sensitivity",
            "tariffsim sensitivity scenario=geneva outcome=breakdown levers=truce,compliance",
            "tariffsim sensitivity levers=us.resolve.trade,cn.resolve.trade,truce.length_weeks:6..39 runs=1000",
        ),
        "sensitivity",
    ),
    "discover": Verb(
        "where an outcome is likely: a box of at most three levers, checked by fresh runs",
        (
            "tariffsim discover outcome=breakdown",
            "tariffsim discover scenario=breakthrough outcome=breakthrough levers=us,cn share=0.2",
            "tariffsim discover scenario=breakthrough outcome=narrow_deal levers=truce,linkage points=1000",
        ),
        "discover",
    ),
    "export": Verb(
        "a scenario at a date as files of other tools: Genius and NegMAS, Gambit",
        (
            "tariffsim export at=2025-08-01",
            "tariffsim export scenario=geneva at=2025-06-02 levels=21",
        ),
        "export",
    ),
    "page": Verb(
        "the workshop page: one HTML file that compares two scenarios with no network and no Python",
        (
            "tariffsim page",
            "tariffsim page scenario=london,geneva runs=1000 seed=2",
            "tariffsim page scenario=london truce.length_weeks=26 folder=results/workshop",
        ),
        "page",
    ),
    "app": Verb(
        "the same page, opened in the default browser",
        ("tariffsim app", "tariffsim app scenario=tactical_pause,breakthrough"),
        "page",
    ),
    "kit": Verb(
        "what a host prints for a workshop: role cards from the scenario's numbers, forms, scripts",
        ("tariffsim kit", "tariffsim kit scenario=geneva folder=results/workshop"),
        "kit",
    ),
    "claims": Verb(
        "what is said of the model, held against seeds, numbers of firms and orders that must not matter",
        (
            "tariffsim claims",
            "tariffsim claims only=no_breakthrough_apart,linkage_breaks against=twice_the_firms runs=4000",
        ),
        "claims",
    ),
    "reproduce": Verb(
        "recompute a result and compare it bit for bit",
        ("tariffsim reproduce outputs/run/london_2025-20251123T101500Z",),
        "archive",
    ),
    "bundle": Verb(
        "a result as one archive for a data repository",
        ("tariffsim bundle outputs/run/london_2025-20251123T101500Z license=CC-BY-4.0",),
        "archive",
    ),
    "glossary": Verb(
        "from a word of the news to the settings that stand for it",
        ("tariffsim glossary samarium", "tariffsim glossary fast track"),
        "glossary",
    ),
    "law": Verb(
        "the duties of a day, each with the law it rests on, and what falls with a ruling",
        ("tariffsim law", "tariffsim law date=2025-08-12 void=ieepa section_122=15"),
        "law",
    ),
    "completion": Verb(
        "script for a shell that completes verbs, settings and groups with TAB",
        ("tariffsim completion bash",),
        "completion",
    ),
}
