"""A multirun: every job is checked, then Hydra's launcher runs them, each in its own subfolder."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import sys
import traceback
from collections.abc import Iterator
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from sim.config.errors import DONE, MACHINE, SOME_FAILED, SimError
from sim.jobs import compose_job, compose_jobs, work_of
from sim.verbs.grammar import Line
from sim.verbs.output import Output, recorded_content
from sim.verbs.prepare import check_folder, named_folder
from sim.verbs.work import admit, run_job

__all__ = ["multirun", "multirun_job"]


def multirun(line: Line) -> Output:
    """Check every job and run them, in the folder that is named or a new one; report how many were
    done.
    """
    from sim.results.folder import prepare_folder

    verb, overrides, named = line.verb, list(line.overrides), line.folder
    _refuse_name(named)
    jobs = compose_jobs(verb, overrides)
    for name, what in (("out", "output folder"), ("name", "name; its jobs are numbered")):
        values = dict.fromkeys(getattr(job.run, name) for job in jobs)
        if len(values) > 1:
            raise SimError(
                f"a multirun has only one {what}", key=f"run.{name}", given=", ".join(values)
            )
    work = reduce(add, map(work_of, jobs))
    estimated = admit(work, line, jobs[0].run)
    if estimated is not None:
        return estimated
    check_folder(jobs[0].run.out)
    with named_folder(named):
        folder = named or prepare_folder(jobs[0].run.out, "multirun", jobs[0].run.name or verb)
        print(f"{len(jobs)} jobs checked", flush=True)
        started = dt.datetime.now(dt.UTC)
        _launch(verb, overrides, folder)
        _join(verb, overrides, folder, len(jobs), started, report=jobs[0].figures.report)
    return _answer(folder, len(jobs))


def _refuse_name(named: Path | None) -> None:
    """Refuse a folder whose name is not UTF-8: Hydra writes it into files of that encoding."""
    try:
        str(named).encode()
    except UnicodeEncodeError:
        cure = "name it in UTF-8, or run the jobs one by one"
        raise SimError("is not UTF-8", key="folder", given=str(named), cure=cure) from None


def _join(
    verb: str, overrides: list[str], folder: Path, count: int, started: dt.datetime, *, report: bool
) -> None:
    """Joint tables, report and manifest, where any job was done."""
    from sim.figures.joint import joint_report
    from sim.report import write_report
    from sim.results.joint import jobs_in, joint_manifest, write_joint
    from sim.results.manifest import write_manifest

    jobs = jobs_in(folder, count)
    if all(job.results is None for job in jobs):
        return
    content = write_joint(folder, jobs)
    manifest = joint_manifest(verb, tuple(overrides), jobs, content, started)
    if report:
        write_report(joint_report(jobs, manifest), folder / "report.html")
    write_manifest(manifest, folder, below=False)


def _launch(verb: str, overrides: list[str], folder: Path) -> None:
    import hydra

    from sim.batch import Everything
    from sim.config.hydra_source import HYDRA_DEFAULTS, TOP, our_groups
    from sim.config.overrides import hydra_arguments
    from sim.jobs import NAMES
    from sim.sweeps.children import children_without_working_folder

    quoted = str(folder.resolve()).replace("\\", "\\\\").replace("'", "\\'")
    settings = [f"hydra.sweep.dir='{quoted}'", f"hydra.job.name={verb}"]
    settings += ["hydra/hydra_logging=disabled", "hydra/job_logging=disabled"]
    before = sys.argv
    sys.argv = ["tariffsim", "-m", *hydra_arguments(overrides, NAMES), *settings]
    try:
        with our_groups(Everything), children_without_working_folder(), _unchecked_help():
            hydra.main(config_path=None, config_name=TOP, **HYDRA_DEFAULTS)(multirun_job)()
    except SystemExit as stop:
        if stop.code not in (None, 0):
            with contextlib.suppress(OSError):
                folder.rmdir()
            raise SimError(
                "Hydra could not launch the jobs",
                key="hydra/launcher",
                cure="check that the launcher is installed",
            ) from None
    finally:
        sys.argv = before


@contextlib.contextmanager
def _unchecked_help() -> Iterator[None]:
    """Hydra 1.3 gives argparse a help text that is not a string until it is printed, and argparse
    checks help texts when they are given since Python 3.14: without the check Hydra starts
    (its issue 3121; Hydra 1.4 does as we do here).
    """
    name = "_check_help"
    check = getattr(argparse.ArgumentParser, name, None)
    if check is not None:
        setattr(argparse.ArgumentParser, name, lambda parser, action: None)
    try:
        yield
    finally:
        if check is not None:
            setattr(argparse.ArgumentParser, name, check)


def multirun_job(cfg: Any) -> None:
    """One job of a multirun, called by Hydra's launcher, perhaps in another process; its output is
    written to ``job.json``.
    """
    from hydra.core.hydra_config import HydraConfig

    from sim.results.joint import JobRecord, write_job

    settings = HydraConfig.get()
    folder, overrides = Path(settings.runtime.output_dir), list(settings.overrides.task)
    label = f"{settings.job.num}: {' '.join(text.lstrip('+') for text in overrides)}"
    try:
        result = run_job(compose_job(settings.job.name, overrides, folder))
        exit_code, answer = int(getattr(result, "exit_code", DONE)), str(result.answer)
    except SimError as error:
        exit_code, answer = error.exit_code, str(error)
    except Exception:
        exit_code, answer = MACHINE, traceback.format_exc()
    folder.mkdir(exist_ok=True)  # a sweep that ends before its first part removes its folder
    write_job(JobRecord(overrides=tuple(overrides), exit_code=exit_code, answer=answer), folder)
    print(f"{label}\n  {answer}", flush=True)


def _answer(folder: Path, jobs: int) -> Output:
    from sim.results.joint import JOB, read_job

    left = [folder / str(n) / JOB for n in range(jobs)]
    codes = [read_job(path).exit_code if path.is_file() else MACHINE for path in left]
    done = codes.count(DONE)
    why = "" if done == jobs else f"; {JOB} in {folder}/N says why the others failed"
    code = DONE if done == jobs else SOME_FAILED
    return Output(f"{done} of {jobs} jobs done{why}", folder, recorded_content(folder), code)
