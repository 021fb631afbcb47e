"""What the jobs of a multirun found, in two tables: a row per job, and the runs of all jobs with
what each job changed.

Runs are copied job by job, so that one job's table is in memory at a time. Columns that not every
job has are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from sim.config.errors import DONE, MACHINE
from sim.results.codebook import write_codebook
from sim.results.columns import Notes
from sim.results.files import content_hash
from sim.results.folder import atomic_write
from sim.results.manifest import MULTIRUN, NAME, Manifest, make_manifest
from sim.results.reader import In, read_record
from sim.results.results import Results, load_results
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

__all__ = [
    "JOB",
    "JOBS",
    "RUNS",
    "Job",
    "JobRecord",
    "changed_by",
    "job_bytes",
    "jobs_in",
    "jobs_table",
    "joint_manifest",
    "read_job",
    "write_job",
    "write_joint",
]

JOB, JOBS, RUNS = "job.json", "jobs.csv", "runs.parquet"
_MOST_ANSWER = 50_000  # letters
_MOST_JOB = 1_000_000  # bytes: a command line and a traceback
_ABSENT = ""


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """What a job of a multirun leaves in ``job.json``: what it changed, how it ended, and its
    answer or why it failed.
    """

    overrides: tuple[str, ...] = ()
    exit_code: Annotated[int, In(0, 255)] = MACHINE
    answer: str = "left nothing"


def read_job(path: Path) -> JobRecord:
    """What a job left.

    Raises
    ------
    SimError
        A file that is not what a job leaves.
    """
    return read_record(JobRecord, path, "what a job leaves", _MOST_JOB)


def write_job(job: JobRecord, folder: Path) -> None:
    """Write ``job.json`` into a job's folder."""
    with atomic_write(folder / JOB) as temporary:
        temporary.write_bytes(job_bytes(job))


def job_bytes(job: JobRecord) -> bytes:
    """The bytes of ``job.json``; letters that no terminal should see become ``?``."""
    answer = "".join(
        letter if letter.isprintable() or letter in "\n\t" else "?" for letter in job.answer
    )
    plain = {
        "overrides": list(job.overrides),
        "exit_code": job.exit_code,
        "answer": answer[:_MOST_ANSWER],
    }
    return (json.dumps(plain, indent=1, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True)
class Job:
    """One job of a multirun: its folder's name, what it changed, how it ended, and its result where
    it has one.
    """

    number: int
    overrides: tuple[str, ...]
    exit_code: int
    answer: str
    results: Results | None


def jobs_in(folder: Path, count: int) -> list[Job]:
    """The jobs of a multirun, in their order; one that left nothing is a failure."""
    jobs = []
    for n in range(count):
        place = folder / str(n)
        left = read_job(place / JOB) if (place / JOB).is_file() else JobRecord()
        results = (
            load_results(place) if left.exit_code == DONE and (place / NAME).is_file() else None
        )
        jobs.append(Job(n, left.overrides, left.exit_code, left.answer, results))
    return jobs


def changed_by(jobs: list[Job]) -> list[dict[str, str]]:
    """What each job changed by name, but for what all of them share."""
    given = [dict(_named(text) for text in job.overrides) for job in jobs]
    names = dict.fromkeys(name for one in given for name in one)
    varied = [name for name in names if len({one.get(name, _ABSENT) for one in given}) > 1]
    return [{name: one.get(name, _ABSENT) for name in varied} for one in given]


def _named(text: str) -> tuple[str, str]:
    name, equals, value = text.lstrip("+").partition("=")
    return name, value if equals else "removed"


def jobs_table(jobs: list[Job]) -> pd.DataFrame:
    """A row per job: what it changed, runs, the share of runs in each outcome, exit code, and the
    content hash of its runs.
    """
    import pandas as pd

    rows = []
    for job, changed in zip(jobs, changed_by(jobs), strict=True):
        row: dict[str, Any] = {"job": job.number, **changed, "exit_code": job.exit_code, "runs": 0}
        if job.results is not None:
            ended = job.results.table(["outcome"])["outcome"].astype(str)
            row |= {
                "runs": len(ended),
                **{name: float((ended == name).mean()) for name in OUTCOMES},
            }
        rows.append(
            {
                **row,
                "content": job.results.manifest.content["runs"] if job.results is not None else "",
            }
        )
    names = ["job", *changed_by(jobs)[0], "exit_code", "runs", *OUTCOMES, "content"]
    return pd.DataFrame(rows).reindex(columns=names)


def _joined(jobs: list[Job]) -> Iterator[pd.DataFrame]:
    """The runs of each job with its number and what it changed, names as plain text."""
    done = [
        (job, changed)
        for job, changed in zip(jobs, changed_by(jobs), strict=True)
        if job.results is not None
    ]
    import pandas as pd

    columns = [job.results.columns for job, _ in done if job.results is not None]
    common = (
        [name for name in columns[0] if all(name in others for others in columns)]
        if columns
        else []
    )
    for job, changed in done:
        assert job.results is not None
        frame = job.results.table(common)
        frame = frame.astype(dict.fromkeys(frame.select_dtypes("category"), "string"))
        first = {
            "job": job.number,
            **{name: value for name, value in changed.items() if name not in common},
        }
        front = pd.DataFrame(first, index=frame.index)
        yield pd.concat([front, frame], axis=1)


def write_joint(folder: Path, jobs: list[Job]) -> dict[str, str]:
    """Write both tables and their codebook; content hashes by name, those of the jobs' own tables
    as ``0/runs``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = jobs_table(jobs)
    with atomic_write(folder / JOBS) as part:
        table.to_csv(part, index=False, lineterminator="\n")
    content = {"jobs": content_hash([table])}
    codes = {"jobs": {name: _note(name) for name in table.columns}}
    if any(job.results is not None for job in jobs):
        writer = None
        with atomic_write(folder / RUNS) as part:
            for frame in _joined(jobs):
                made = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(
                    None
                )
                writer = writer or pq.ParquetWriter(part, made.schema, compression="zstd")
                writer.write_table(made.cast(writer.schema))
            assert writer is not None
            writer.close()
        content["runs"] = content_hash(_joined(jobs))
        notes = next(job.results.notes for job in jobs if job.results is not None)
        codes["runs"] = {name: notes.get(name) or _note(name) for name in writer.schema.names}
    write_codebook(folder, codes)
    below = {
        f"{job.number}/{name}": digest
        for job in jobs
        if job.results
        for name, digest in job.results.manifest.content.items()
    }
    return {**content, **below}


_NOTES: Notes = {
    "job": {"label": "number of the job and name of its folder", "unit": "count"},
    "exit_code": {"label": "0 where the job was done", "unit": "count"},
    "runs": {"label": "runs of the job", "unit": "count"},
    "content": {"label": "content hash of the job's table of runs", "unit": "SHA-256"},
    **{
        name: {"label": f"runs whose outcome is {name.replace('_', ' ')}", "unit": "share"}
        for name in OUTCOMES
    },
}


def _note(name: str) -> dict[str, str]:
    return _NOTES.get(name, {"label": f"{name}, as the job had it", "unit": "as written"})


def joint_manifest(
    verb: str,
    words: tuple[str, ...],
    jobs: list[Job],
    content: dict[str, str],
    started: dt.datetime,
) -> Manifest:
    """The manifest of a multirun of which one job at least was done; its scenario is that of the
    first.
    """
    first = next(job.results.manifest for job in jobs if job.results is not None)
    manifest = make_manifest(
        verb=MULTIRUN,
        scenario=first.scenario,
        run=None,
        overrides=words,
        engine=first.engine,
        started=started,
    )
    return replace(manifest, command=(verb, "-m"), jobs=len(jobs), content=content)
