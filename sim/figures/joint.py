"""The report of a multirun: settings and outcomes of each job, and where its report is."""

from __future__ import annotations

from html import escape

from sim.figures.labels import percents
from sim.figures.page import again, page, table
from sim.figures.style import NAMES
from sim.results.joint import Job, changed_by
from sim.results.manifest import NAME, Manifest
from sim.results.record import list_of
from sim.vocabulary import OUTCOMES

__all__ = ["joint_page"]


def joint_page(jobs: list[Job], manifest: Manifest) -> str:
    """The page; it contains the manifests of all jobs, so that each can be reproduced from the page
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
    links = ", ".join(
        f'<a href="{job.number}/report.html">{job.number}</a>' for job in done if _has_report(job)
    )
    answers = "".join(
        f"<li>{job.number}: {escape(job.answer.splitlines()[0] if job.answer else '')}</li>"
        for job in jobs
    )
    beside: dict[str, Manifest | bytes] = {}
    for job in done:
        assert job.results is not None
        beside[f"{job.number}/{NAME}"] = job.results.manifest
        beside |= {
            f"{job.number}/{name}": data for name, data in list_of(job.results.folder).items()
        }
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="answer">{answer}</p>',
        table(
            "Changed settings and outcome shares of each job; jobs.csv has this table, runs.parquet every run.",
            head,
            rows,
            list(numeric),
        ),
        f"<p>Reports of the jobs: {links}</p>" if links else "",
        f"<h2>Answers</h2><ul>{answers}</ul>",
        again(manifest, beside),
    ]
    return page(title, parts)


def _shares(job: Job) -> list[str]:
    if job.results is None:
        return ["failed", *("" for _ in OUTCOMES)]
    ended = job.results.table(["outcome"])["outcome"].astype(str)
    return [f"{len(ended):,}", *percents([float((ended == name).mean()) for name in OUTCOMES])]


def _has_report(job: Job) -> bool:
    folder = job.results.folder if job.results is not None else None
    return folder is not None and (folder / "report.html").is_file()
