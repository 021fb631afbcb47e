"""Lists of points: settings, groups, days and labels, from the tables that people hand over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.batch.read import build_sweep
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.sweeps.design import make_design, params_of
from sim.sweeps.listed import read_list


def _list(tmp_path, text, name="plan.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _read(tmp_path, text, scenario=None, **labels):
    found = read_list(_list(tmp_path, text), scenario or Scenario(), **labels)
    return {name: column.tolist() for name, column in found.settings.items()}, {
        name: column.tolist() for name, column in found.labels.items()
    }


def test_columns_that_name_the_rows_are_labels(tmp_path):
    text = 'ID,linkage.cn,Note,batch\nA1,0.0,as agreed,x\nA2,0.5,"long, some",y\n'
    settings, labels = _read(tmp_path, text, labels=["batch"])
    assert settings == {"linkage.cn": [0.0, 0.5]}
    assert labels == {"ID": ["A1", "A2"], "Note": ["as agreed", "long, some"], "batch": ["x", "y"]}


@pytest.mark.parametrize(
    "text, words",
    [
        ("batch,linkage.cn\nx,0.5\n", "labels: \\[batch\\]"),
        ("linkage.con\n0.5\n", "did you mean: linkage.cn"),
        ("id\nA1\n", "empty"),
        ("deadline,truce.first_deadline_weeks\n2025-08-12,9\n", "given twice"),
        ("deadline\n2025-05-01\n", "row 2, column A"),
        ("deadline\n2029-01-20\n", "up to 2028-06-07"),
        ("deadline\nsoon\n", "row 2, column A"),
        ("scenario\nlundon\n", "row 2, column A"),
        ("licensing\ngeneral\nstrictly\n", "row 3, column A"),
        ("truce.length_weeks\n12.6\n", "did you mean: 13"),
    ],
)
def test_what_is_refused_says_where_and_what_helps(tmp_path, text, words):
    with pytest.raises(SimError, match=words):
        _read(tmp_path, text)


def test_a_label_that_is_no_column_is_refused(tmp_path):
    with pytest.raises(SimError, match="no such column"):
        _read(tmp_path, "linkage.cn\n0.5\n", labels=["batch"])


def test_deadlines_are_weeks_from_the_first_day_of_each_row(tmp_path):
    settings, labels = _read(tmp_path, "deadline\n2025-08-12\n2025-11-10\n")
    assert settings == {"truce.first_deadline_weeks": [9, 22]}
    assert labels == {"deadline": ["2025-08-12", "2025-11-10"]}
    text = "calendar.start,deadline\n2025-06-11,2025-08-12\n2025-07-02,2025-08-12\n"
    assert _read(tmp_path, text)[0]["truce.first_deadline_weeks"] == [9, 6]


@pytest.mark.parametrize("other", ["geneva", "escalation_2025", "breakthrough", "tactical_pause"])
def test_a_row_of_another_scenario_is_that_scenario(tmp_path, other):
    own = Scenario().linkage.cn
    settings, labels = _read(tmp_path, f"scenario,linkage.cn\nlondon,{own}\n{other},{own}\n")
    assert labels == {"scenario": ["london", other]}
    columns = {name: np.asarray(values) for name, values in settings.items()}
    records = params_of(Scenario(), columns, 2)
    from sim.config.params import flatten

    wanted = sim.load(f"scenario={other}", f"linkage.cn={own}")
    assert records.values[1].tobytes() == flatten(wanted).values.tobytes()
    assert records.values[0].tobytes() == flatten(Scenario()).values.tobytes()


@pytest.mark.parametrize("column", ["us/strategy", "us.strategy", "licensing", "truce"])
def test_a_row_of_an_option_is_what_the_option_makes(tmp_path, column):
    from sim.config.options import groups
    from sim.config.params import flatten

    group = column.replace(".", "/")
    for option in groups(Scenario)[group]:
        settings, _ = _read(tmp_path, f"{column},linkage.cn\ndefault,0.1\n{option},0.1\n")
        columns = {name: np.asarray(values) for name, values in settings.items()}
        records = params_of(Scenario(), columns, 2)
        wanted = sim.load(f"{group}={option}", "linkage.cn=0.1")
        assert records.values[1].tobytes() == flatten(wanted).values.tobytes(), option


def test_a_setting_in_its_own_column_goes_before_the_option(tmp_path):
    settings, _ = _read(tmp_path, "truce.length_weeks,truce\n5,long\n6,short\n")
    assert settings["truce.length_weeks"] == [5, 6]


def test_another_first_day_moves_the_weeks_of_dated_events(tmp_path):
    base = sim.load("shocks=record_2025")
    text = "calendar.start,linkage.cn\n2025-06-11,0.1\n2025-07-02,0.1\n"
    found = read_list(_list(tmp_path, text), base)
    records = params_of(base, found.settings, 2)
    from sim.config.params import flatten

    wanted = base.change({"calendar.start": "2025-07-02", "linkage.cn": 0.1})
    assert records.values[1].tobytes() == flatten(wanted).values.tobytes()
    assert records.values[1].tobytes() != records.values[0].tobytes()


def test_days_are_factors_of_a_grid():
    event = next(
        name
        for name, meta, _ in leaves(sim.load("shocks=record_2025"))
        if meta.kind == "date" and name != "calendar.start"
    )
    base = sim.load("shocks=record_2025")
    days = ["2025-09-01", "2025-10-01"]
    plain = {"kind": "grid", "factors": {"deadline": days, event: days, "linkage.cn": 0.3}}
    sweep = build_sweep(plain, base)
    assert sweep.factors["truce.first_deadline_weeks"].values == (12, 16)
    design = make_design(sweep, base)
    _, columns = design.block(0, 4)
    assert columns["linkage.cn"].tolist() == [0.3] * 4
    from sim.config.params import flatten

    wanted = base.change({"truce.first_deadline_weeks": 16, event: "2025-09-01", "linkage.cn": 0.3})
    assert params_of(base, columns, 4).values[2].tobytes() == flatten(wanted).values.tobytes()


def test_a_sweep_of_ones_own_in_python_carries_its_labels(tmp_path):
    path = _list(tmp_path, "id;scenario;truce.length_weeks\nA;london;13\nB;geneva;26\n")
    plain = {"name": "own", "kind": "list", "file": str(path), "runs": 3}
    results = sim.sweep(plain, out=tmp_path / "out")
    runs = results.runs
    assert runs["id"].tolist() == ["A"] * 3 + ["B"] * 3
    assert results.table(["id", "outcome"]).columns.tolist() == ["id", "outcome"]
    assert results.labels["scenario"].tolist() == ["london", "geneva"]
    alone = sim.run(sim.load("scenario=geneva", "truce.length_weeks=26"), runs=3).runs
    own = runs[runs["id"] == "B"].reset_index(drop=True)
    assert own["outcome"].astype(str).tolist() == alone["outcome"].astype(str).tolist()
    assert own["truce_share"].tolist() == alone["truce_share"].astype(np.float32).tolist()
    again = sim.load_results(results.folder)
    pd.testing.assert_frame_equal(again.runs, runs)
    assert sim.resume(results.folder).labels["id"].tolist() == ["A", "B"]
    assert sim.reproduce(results.folder).same


WORDS = {
    "kind": {"lhs": "latin_hypercube", "full factorial": "grid", "csv": "list", "qmc": "sobol"},
    "part": {"min": "low", "upper_bound": "high", "num": "points", "sigma": "sd"},
    "setting": {"n_samples": "points", "reps": "runs", "variables": "factors"},
}


@pytest.mark.parametrize("word", WORDS["kind"])
def test_others_names_of_designs_lead_to_ours(word):
    with pytest.raises(SimError) as found:
        build_sweep({"kind": word, "factors": {"linkage.cn": {"low": 0, "high": 1}}}, Scenario())
    assert found.value.suggestion == WORDS["kind"][word]


@pytest.mark.parametrize("word", WORDS["part"])
def test_others_parts_of_a_factor_lead_to_ours(word):
    plain = {"kind": "grid", "factors": {"linkage.cn": {"low": 0, word: 1}}}
    with pytest.raises(SimError) as found:
        build_sweep(plain, Scenario())
    assert found.value.suggestion.endswith(f".{WORDS['part'][word]}")


def test_a_step_says_how_many_points_it_makes():
    plain = {"kind": "grid", "factors": {"linkage.cn": {"low": 0, "high": 1, "step": 0.25}}}
    with pytest.raises(SimError, match="points: 5"):
        build_sweep(plain, Scenario())


@pytest.mark.parametrize("word", WORDS["setting"])
def test_others_settings_of_a_sweep_lead_to_ours(word):
    with pytest.raises(SimError) as found:
        build_sweep({word: 4}, Scenario())
    assert found.value.suggestion == f"sweep.{WORDS['setting'][word]}"
