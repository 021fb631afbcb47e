"""The verbs ``reproduce`` and ``bundle``: what takes the path of a result."""

from __future__ import annotations

from sim.config.errors import DONE, SOME_FAILED
from sim.verbs.answer import Answer
from sim.verbs.grammar import Line, Takes, Word
from sim.verbs.words import whole

__all__ = ["command", "takes"]

_MOST_CHUNKS, _MOST_THREADS = 1_000_000, 1024
_TAKES = {
    "reproduce": Takes(
        words={
            "chunks": Word("of a sweep, make only so many parts again, taken at random; all of them unless given"),
            "threads": Word("threads to use; 0 takes every processor", "0"),
        },
        switches={
            "--allow-version": "go on though the rules or the version are others than those recorded",
            "--environment": "print the environment it was made in (requirements file) and stop",
        },
        path="a result folder, a multirun's folder, a manifest.json, a report.html, the .zip of tariffsim bundle, or a scenario.yaml "
        "(which is run)",
        scenario=False,
        notes="exit codes: 0 the same, 1 differs, 2 bad input, 3 made with other rules",
    ),
    "bundle": Takes(
        words={
            "out": Word("the archive to write, FILE.zip; <folder>.zip beside the folder unless given"),
            "license": Word("SPDX identifier under which the data are published, such as CC-BY-4.0; none unless given"),
        },
        path="a result folder or a multirun's folder",
        scenario=False,
    ),
}


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return _TAKES[verb]


def command(line: Line) -> Answer:
    """Make a result again, or one archive of it."""
    return _bundle(line) if line.verb == "bundle" else _reproduce(line)


def _reproduce(line: Line) -> Answer:
    from sim.progress import Meter
    from sim.reproduction.verdict import environment_of, reproduce

    if "--environment" in line.switches:
        return Answer(shown=environment_of(line.path).rstrip("\n"))
    chunks = whole(line.own, "chunks", 1, 1, _MOST_CHUNKS) if "chunks" in line.own else 0
    threads = whole(line.own, "threads", 0, 0, _MOST_THREADS)
    meter = Meter("runs or parts")
    try:
        found = reproduce(
            line.path,
            chunks=chunks,
            allow_version="--allow-version" in line.switches,
            threads=threads,
            progress=meter,
        )
    finally:
        meter.close()
    code = DONE if found.kept else SOME_FAILED
    below = {f"{part.name}/{name}": digest for part in found.parts for name, digest in part.content.items()}
    return Answer(found.verdict, content={**found.content, **below}, exit_code=code, shown=str(found))


def _bundle(line: Line) -> Answer:
    from sim.reproduction.archive import make_hashed_bundle

    target, digest = make_hashed_bundle(line.path, line.own.get("out"), line.own.get("license", ""))
    licence = "" if line.own.get("license") else "; no licence stated: license=CC-BY-4.0 states one"
    text = f"one archive of {target.stat().st_size:,} bytes, which tariffsim reproduce takes{licence}"
    return Answer(text, target, {target.name: digest})
