"""The verbs ``reproduce`` and ``bundle``: what takes the path of a result."""

from __future__ import annotations

from sim.config.errors import DONE, SOME_FAILED
from sim.verbs.grammar import ESTIMATE, LARGEST, Line, Takes, Word
from sim.verbs.options import integer, largest
from sim.verbs.output import Output
from sim.verbs.work import say_if_long

__all__ = ["command", "takes"]

_MOST_CHUNKS, _MOST_THREADS = 1_000_000, 1024
_TAKES = {
    "reproduce": Takes(
        words={
            "chunks": Word(
                "for a sweep: how many parts to recompute, chosen at random; default: all"
            ),
            "threads": Word("threads to use; 0 uses all processors", "0"),
            "largest": LARGEST,
        },
        switches={
            "--allow-version": "continue although the rules or the version differ from the recorded ones",
            "--environment": "print the environment it was computed in (a requirements file) and stop",
            "--check": "read every byte of every file, hold it against the manifest and stop; nothing is recomputed",
            **ESTIMATE,
        },
        path="a result folder, a multirun's folder, a manifest.json, a report.html, the .zip of tariffsim bundle, or a scenario.yaml "
        "(which is run)",
        scenario=False,
        notes="exit codes: 0 the same, 1 differs, 2 bad input, 3 computed with the rules of another version",
    ),
    "bundle": Takes(
        words={
            "out": Word("the archive to write, FILE.zip; default: <folder>.zip beside the folder"),
            "license": Word(
                "SPDX identifier of the licence of the data, such as CC-BY-4.0; default: none"
            ),
            "author": Word("who made the runs and answers for the data; default: none"),
            "organization": Word(
                "for whom, with its address: 'University of Here, https://example.org'; default: none"
            ),
        },
        path="a result folder or a multirun's folder",
        scenario=False,
    ),
}


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    return _TAKES[verb]


def command(line: Line) -> Output:
    """Recompute a result, or pack it into one archive."""
    return _bundle(line) if line.verb == "bundle" else _reproduce(line)


def _reproduce(line: Line) -> Output:
    if "--check" in line.switches:
        return _check(line)
    from sim.batch.work import describe
    from sim.ensemble.execute import available_threads
    from sim.progress import Meter
    from sim.reproduction.verdict import environment_of, reproduce, work_of_path

    if "--environment" in line.switches:
        return Output(shown=environment_of(line.path).rstrip("\n"))
    chunks = integer(line.own, "chunks", 1, 1, _MOST_CHUNKS) if "chunks" in line.own else 0
    threads = integer(line.own, "threads", 0, 0, _MOST_THREADS)
    used, bound = threads or available_threads(), largest(line.own)
    if "--estimate" in line.switches:
        return Output(shown=describe(work_of_path(line.path, chunks), used))
    meter = Meter("runs or parts")
    try:
        found = reproduce(
            line.path,
            chunks=chunks,
            allow_version="--allow-version" in line.switches,
            threads=threads,
            largest=bound,
            progress=meter,
            estimated=lambda work: say_if_long(work, used),
        )
    finally:
        meter.close()
    code = DONE if found.kept else SOME_FAILED
    below = {
        f"{part.name}/{name}": digest
        for part in found.parts
        for name, digest in part.content.items()
    }
    return Output(
        found.verdict, content={**found.content, **below}, exit_code=code, shown=str(found)
    )


def _check(line: Line) -> Output:
    """Whether every file is as its manifest says."""
    from sim.reproduction.verdict import check_files

    listed, wrong = check_files(line.path)
    if wrong:
        shown = "\n".join(f"file {text}" for text in wrong)
        text = f"damaged: {len(wrong)} of {listed} files are not as the manifest says"
        return Output(text, exit_code=SOME_FAILED, shown=shown)
    return Output(f"whole: all {listed} files are as the manifest says, every byte read")


def _bundle(line: Line) -> Output:
    from sim.reproduction.archive import Who, make_hashed_bundle

    own = line.own
    licence, who = own.get("license", ""), Who(own.get("author", ""), own.get("organization", ""))
    target, digest = make_hashed_bundle(line.path, own.get("out"), licence, who)
    missing = "" if licence else "; no licence stated: add license=CC-BY-4.0"
    text = f"one archive of {target.stat().st_size:,} bytes; tariffsim reproduce reads it{missing}"
    return Output(text, target, {target.name: digest})
