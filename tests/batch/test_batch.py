"""Every setting of a batch means something to a verb or is refused with the cure: all verbs by all
settings.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

import sim
from sim import jobs
from sim.batch import BATCH, MOST_RUNS, USED, Figures, Run, default_runs, recorded
from sim.cli import VERBS, main
from sim.config.check import to_plain
from sim.config.errors import SimError
from sim.jobs import compose_job

OTHER: dict[str, Any] = {
    "run.runs": 21,
    "run.first": 5,
    "run.precision": 0.02,
    "run.seed": 2,
    "run.weeks": "all",
    "run.engine": "mesa",
    "run.threads": 3,
    "run.executor": "dask",
    "run.address": "host:8786",
    "run.name": "own",
    "run.out": "elsewhere",
    "figures.draw": False,
    "figures.report": False,
    "figures.format": "png",
    "figures.dpi": 60,
    "figures.width": 6.0,
    "figures.height": 4.0,
    "figures.text_size": 9.0,
}
JOBS = jobs.VERBS


def _words(verb: str, name: str) -> list[str]:
    value = str(OTHER[name]).lower() if isinstance(OTHER[name], bool) else str(OTHER[name])
    beside = {("sweep", "run.address"): ["run.executor=dask"]}
    return [f"{name}={value}", *beside.get((verb, name), [])]


def _as_it_is(verb: str, name: str) -> bool:
    """What export does anyhow: it draws nothing, and steps a Mesa run."""
    return verb == "export" and name in ("figures.draw", "run.engine")


def test_the_table_names_every_verb_and_only_settings_that_exist() -> None:
    assert set(USED) == set(VERBS)
    assert {name for names in USED.values() for name in names} == set(BATCH) == set(OTHER)


@pytest.mark.parametrize("verb", JOBS)
@pytest.mark.parametrize("name", BATCH)
def test_a_setting_of_a_batch_reaches_the_job_or_is_refused_with_the_cure(verb, name) -> None:
    if name not in USED[verb] and not _as_it_is(verb, name):
        with pytest.raises(SimError, match=f"not for {verb}") as refused:
            compose_job(verb, _words(verb, name))
        assert refused.value.key == name and "leave it out" in (refused.value.cure or "")
        return
    job = compose_job(verb, _words(verb, name))
    part, _, last = name.partition(".")
    assert getattr(getattr(job, part), last) == OTHER[name]
    if (verb, name) == ("sweep", "run.runs"):
        assert job.sweep is not None and job.sweep.runs == 21


@pytest.mark.parametrize("verb", ["reproduce", "bundle"])
@pytest.mark.parametrize("name", BATCH)
def test_what_takes_a_path_refuses_every_setting_of_a_batch_that_it_does_not_use(
    verb, name, capsys
) -> None:
    if name in USED[verb]:
        assert name.removeprefix("run.") in VERBS[verb].load().takes(verb).words
        return
    assert main([verb, ".", *_words(verb, name)[:1]]) == 2
    err = capsys.readouterr().err
    assert f"{name}: not for {verb}" in err and "cure: " in err


@pytest.mark.parametrize("verb", JOBS)
def test_a_manifest_records_what_was_used_and_nothing_else(verb) -> None:
    names = {f"run.{name}" for name in recorded(verb, to_plain(Run()))}
    assert names == {name for name in USED[verb] if name.startswith("run.")} - {
        "run.out",
        "run.address",
    } - ({"run.runs"} if verb == "sweep" else set())


@pytest.mark.parametrize("verb", ["run", "compare"])
def test_with_a_precision_runs_are_the_most_and_may_be_many(verb) -> None:
    assert compose_job(verb, ["precision=0.01"]).run.runs == MOST_RUNS
    assert compose_job(verb, ["precision=0.01", "runs=700"]).run.runs == 700
    assert compose_job(verb, ["precision=0"]).run.runs == default_runs(verb)


def test_values_that_are_so_anyhow_are_taken() -> None:
    job = compose_job("sweep", ["engine=ensemble", "run.weeks=none"])
    assert job.sweep is not None and job.run.engine == "ensemble"


@pytest.mark.parametrize("words", [["runs=7"], ["run.runs=7"], ["sweep.runs=7"]])
def test_runs_of_a_sweep_are_runs_at_each_point(words) -> None:
    job = compose_job("sweep", words)
    assert job.sweep is not None and job.sweep.runs == 7
    quick = compose_job("sweep", ["run=quick"]).sweep
    assert quick is not None and quick.runs == 20


@pytest.mark.parametrize(
    ("verb", "words", "key"),
    [
        ("sweep", ["runs=7", "sweep.runs=8"], "sweep.runs"),
        ("sweep", ["run=quick", "sweep.runs=8"], "sweep.runs"),
        ("sweep", ["run.address=host:8786"], "run.address"),
        ("run", ["engine=mesa", "threads=2"], "run.threads"),
        ("export", ["run=quick"], "run.runs"),
        ("validate", ["figures=paper"], "figures.dpi"),
    ],
)
def test_settings_in_vain_through_others_are_refused(verb, words, key) -> None:
    with pytest.raises(SimError) as refused:
        compose_job(verb, words)
    assert refused.value.key == key and refused.value.cure


def test_python_refuses_what_the_command_line_does() -> None:
    with pytest.raises(SimError, match="one run after another"):
        sim.run(runs=1, engine="mesa", threads=4)
    with pytest.raises(SimError, match="without a cluster"):
        sim.sweep(address="host:8786")


def test_a_multirun_has_one_name(tmp_path, capsys) -> None:
    assert main(["run", "-m", "name=a,b", f"out={tmp_path}"]) == 2
    assert "one name" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_sweeps_manifest_says_nothing_of_runs_weeks_or_engine_it_did_not_use(tmp_path) -> None:
    words = [
        "sweep.figure=none",
        "runs=2",
        "weeks=40",
        "figures=none",
        "sweep=extension_cost",
        f"out={tmp_path}",
    ]
    assert main(["sweep", *words]) == 0
    manifest = json.loads(next(tmp_path.glob("sweep/*/manifest.json")).read_text(encoding="utf-8"))
    assert set(manifest["run"]) == {"seed", "threads", "executor", "name"}
    assert manifest["sweep"]["runs"] == 2 and manifest["engine"] == "ensemble"


def test_every_default_figure_setting_is_checked_for_use() -> None:
    assert {name for name in BATCH if name.startswith("figures.")} == {
        f"figures.{name}" for name in to_plain(Figures())
    }
