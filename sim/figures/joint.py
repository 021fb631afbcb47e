"""The report of a multirun: settings and outcomes of each job, and where its report is."""

from __future__ import annotations

from sim.figures.labels import percents
from sim.figures.style import NAMES
from sim.report import Block, Items, Links, Report, Section, Table
from sim.results.joint import Job, changed_by
from sim.results.manifest import NAME, Manifest
from sim.results.record import list_of
from sim.vocabulary import OUTCOMES

__all__ = ["joint_report"]


def joint_report(jobs: list[Job], manifest: Manifest) -> Report:
    """What the page says; it contains the manifests of all jobs, so that each can be reproduced from the page
    alone.
    """
    done = [job for job in jobs if job.results is not None]
    title = f"{len(jobs)} jobs: {' '.join(['tariffsim', *manifest.command])}"
    answer = f"{len(done)} of {len(jobs)} jobs done" + (
        "" if len(done) == len(jobs) else "; job.json in a job's folder says why"
    )
    changed = changed_by(jobs)
    names = list(changed[0])
    rows = [
        (str(job.number), *(one[name] for name in names), *_shares(job))
        for job, one in zip(jobs, changed, strict=True)
    ]
    head = ("Job", *names, "Runs", *(NAMES[name] for name in OUTCOMES))
    numeric = range(1 + len(names), len(head))
    reports = {str(job.number): f"{job.number}/report.html" for job in done if _has_report(job)}
    answers = [f"{job.number}: {job.answer.splitlines()[0] if job.answer else ''}" for job in jobs]
    beside: dict[str, Manifest | bytes] = {}
    for job in done:
        assert job.results is not None
        beside[f"{job.number}/{NAME}"] = job.results.manifest
        beside |= {
            f"{job.number}/{name}": data for name, data in list_of(job.results.folder).items()
        }
    caption = "Changed settings and outcome shares of each job; runs.parquet has every run."
    blocks: list[Block] = [Table(caption, head, rows, numeric, file="jobs.csv")]
    if reports:
        blocks.append(Links("Reports of the jobs", reports))
    return Report(
        title=title,
        question="What do the jobs of this multirun give, side by side?",
        answer=answer,
        manifest=manifest,
        sections=[Section("Jobs", blocks), Section("Answers", [Items(answers)])],
        beside=beside,
    )


def _shares(job: Job) -> list[str]:
    if job.results is None:
        return ["failed", *("" for _ in OUTCOMES)]
    ended = job.results.table(["outcome"])["outcome"].astype(str)
    return [f"{len(ended):,}", *percents([float((ended == name).mean()) for name in OUTCOMES])]


def _has_report(job: Job) -> bool:
    folder = job.results.folder if job.results is not None else None
    return folder is not None and (folder / "report.html").is_file()
