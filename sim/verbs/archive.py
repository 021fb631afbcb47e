"""The verbs ``reproduce`` and ``bundle``: a path and a few options, told on standard output. Exit code 0 the same, 1 not."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sim.config.errors import SimError, nearest

__all__ = ["command", "help_of"]

_HELP = {
    "reproduce": (
        "what PATH may be\n"
        "  a result folder, a multirun's folder, a manifest.json, the .zip of tariffsim bundle, or a scenario.yaml (which is run)\n\n"
        "options\n"
        "  --chunks K        of a sweep, make only K parts again, taken at random\n"
        "  --allow-version   go on though the rules or the version are others than those recorded\n"
        "  --environment     print the environment it was made in (requirements file) and stop\n"
        "  --threads N       threads to use; 0 takes every processor\n"
        "  -h, --help        this\n\n"
        "exit codes: 0 the same, 1 differs, 2 bad input, 3 made with other rules"
    ),
    "bundle": (
        "what PATH may be\n"
        "  a result folder or a multirun's folder\n\n"
        "options\n"
        "  --out FILE.zip    where to write; <folder>.zip beside the folder unless given\n"
        "  --license ID      SPDX identifier under which the data are published, such as CC-BY-4.0\n"
        "  -h, --help        this"
    ),
}
_FLAGS = {"reproduce": ("allow-version", "environment"), "bundle": ()}
_VALUES = {"reproduce": ("chunks", "threads"), "bundle": ("out", "license")}
_MOST = 1_000_000


def help_of(verb: str) -> str:
    """What may follow the verb."""
    return _HELP[verb]


def command(verb: str, words: Sequence[str]) -> int:
    """Do what the words after ``reproduce`` or ``bundle`` say; the exit code."""
    paths, given = _read(verb, words)
    if len(paths) != 1:
        raise SimError(
            "one path is needed", given=" ".join(paths) or None, cure=f"tariffsim {verb} PATH; --help says more"
        )
    return _bundle(paths[0], given) if verb == "bundle" else _reproduce(paths[0], given)


def _read(verb: str, words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Paths, and options by name; a flag's value is empty."""
    paths, given = [], dict[str, str]()
    known = (*_FLAGS[verb], *_VALUES[verb])
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            _refuse_setting(verb, word)
            paths.append(word)
            continue
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or name not in known:
            near = nearest(name, known)
            raise SimError(
                "no such option", given=word, allowed=[f"--{n}" for n in known], suggestion=near and f"--{near}"
            )
        if name in given:
            raise SimError("given twice", key=f"--{name}")
        if name in _FLAGS[verb] and equals:
            raise SimError("takes no value", key=f"--{name}", given=value)
        given[name] = value if equals or name in _FLAGS[verb] else next(rest, "")
        if name in _VALUES[verb] and not given[name]:
            raise SimError("needs a value", key=f"--{name}")
    return paths, given


def _refuse_setting(verb: str, word: str) -> None:
    """``runs=20`` after a verb that takes a path, unless a file is called that."""
    from sim.config.batch import refuse_word
    from sim.config.overrides import ALIASES

    name, equals, value = word.partition("=")
    if equals and not os.path.exists(word):
        refuse_word(verb, ALIASES.get(name, name), value)


def _number(given: dict[str, str], name: str, least: int) -> int:
    text = given.get(name)
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and least <= int(text) <= _MOST):
        raise SimError("not a number that will do", key=f"--{name}", given=text, allowed=f"{least} to {_MOST:,}")
    return int(text)


def _reproduce(path: str, given: dict[str, str]) -> int:
    from sim.progress import Meter
    from sim.reproduction.verdict import environment_of, reproduce

    if "environment" in given:
        print(environment_of(path), end="")
        return 0
    chunks, threads = _number(given, "chunks", 1), _number(given, "threads", 0)
    meter = Meter("runs or parts")
    try:
        found = reproduce(path, chunks=chunks, allow_version="allow-version" in given, threads=threads, progress=meter)
    finally:
        meter.close()
    print(found)
    print(f"answer: {found.verdict}")
    return 0 if found.kept else 1


def _bundle(path: str, given: dict[str, str]) -> int:
    from sim.reproduction.archive import make_bundle

    target = make_bundle(path, given.get("out"), given.get("license", ""))
    print(f"results: {target}")
    licence = "" if given.get("license") else "; no licence stated: --license CC-BY-4.0 states one"
    print(f"answer: one archive of {target.stat().st_size:,} bytes, which tariffsim reproduce takes{licence}")
    return 0
