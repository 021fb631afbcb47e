"""What users keep in their files, case by case: each works or is refused as it should be, and so do
its siblings. Tables by themselves: ``tests/sheets``; bug reports: ``test_reports.py``.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import mesa
import pytest

import sim
import sim.tournament
from sim.cli import main
from sim.sweeps.named import load_sweep
from sim.sweeps.sweep import prepare
from sim.vocabulary import SIDES

LIST = "name: mine\nkind: list\nfile: {file}\nruns: 2\n"
ROWS = {"linkage.cn": [0.0, 0.5], "truce.length_weeks": [13, 26]}


def points(folder: Path, table: str | bytes, file: str = "mine.csv", more: str = "") -> dict:
    """The points of a list whose table this is."""
    data = table if isinstance(table, bytes) else table.encode()
    (folder / file).write_bytes(data)
    (folder / "mine.yaml").write_text(LIST.format(file=file) + more, encoding="utf-8")
    sweep, scenario = load_sweep(folder / "mine.yaml")
    design = prepare(sweep, scenario)
    return {name: values.tolist() for name, values in design.block(0, design.rows)[1].items()}


TABLES: dict[str, str | bytes] = {
    # a comment above the header; below it; two of them, and an empty line
    "comment_line": "# design of 10 June\nlinkage.cn,truce.length_weeks\n0.0,13\n0.5,26\n",
    "comment below": "linkage.cn,truce.length_weeks\n# the first\n0.0,13\n0.5,26\n",
    "comments and a gap": "# one\n# two, three\n\nlinkage.cn,truce.length_weeks\n0.0,13\n0.5,26\n",
    # the line by which Excel is told the separator
    "sep_line": "sep=;\nlinkage.cn;truce.length_weeks\n0,0;13\n0,5;26\n",
    "sep_line of commas": "sep=,\nlinkage.cn,truce.length_weeks\n0.0,13\n0.5,26\n",
    "SEP in capitals": "SEP=\t\nlinkage.cn\ttruce.length_weeks\n0.0\t13\n0.5\t26\n",
    # blanks around names and values
    "header_spaces": "linkage.cn, truce.length_weeks\n0.0, 13\n0.5, 26\n",
    "blanks before": " linkage.cn ,truce.length_weeks\n 0.0 , 13\n0.5,26 \n",
    "blanks in quotes": '"linkage.cn "," truce.length_weeks"\n0.0,13\n0.5,26\n',
    # rows and columns that carry nothing
    "empty columns": "linkage.cn,truce.length_weeks,,\n0.0,13,,\n0.5,26,,\n,,,\n",
    "empty rows between": "linkage.cn,truce.length_weeks\n\n0.0,13\n,\n0.5,26\n\n",
    "an index of pandas": ",linkage.cn,truce.length_weeks\n0,0.0,13\n1,0.5,26\n",
    # other encodings
    "latin1": "linkage.cn,truce.length_weeks,comment\n0.0,13,für London\n0.5,26,lang\n".encode(
        "latin-1"
    ),
    "utf-16": "linkage.cn,truce.length_weeks\n0.0,13\n0.5,26\n".encode("utf-16"),
    "with a mark": "linkage.cn,truce.length_weeks\n0.0,13\n0.5,26\n".encode("utf-8-sig"),
    # columns that name the rows
    "labels": 'id,linkage.cn,truce.length_weeks,comment\nA1,0.0,13,as agreed\nA2,0.5,26,"long, linked"\n',
    "labels in capitals": "Case,linkage.cn,truce.length_weeks,Source\n1,0.0,13,x\n2,0.5,26,y\n",
    "a label and a note": "note,linkage.cn,name,truce.length_weeks\na,0.0,b,13\nc,0.5,d,26\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_as_its_owner_keeps_it_is_the_design_that_he_meant(name, tmp_path) -> None:
    found = points(tmp_path, TABLES[name])
    assert {key: found[key] for key in ROWS} == ROWS


REFUSED_TABLES = {
    "spreadsheet_export": (
        "linkage.cn,truce.length_weeks,,\n0.0,13,,\n0.5,,,\n,,,\n",
        "row 3, column B: an empty cell",
    ),
    "an empty cell first": (
        "linkage.cn,truce.length_weeks\n,13\n0.5,26\n",
        "row 2, column A: an empty cell",
    ),
    "an empty cell below a comment": (
        "# x\nlinkage.cn,truce.length_weeks\n0.0,13\n0.5,\n",
        "row 4, column B",
    ),
    "an own word": ("linkage.cn,Erläuterung\n0.0,kurz\n0.5,lang\n", r"labels: \[Erläuterung\]"),
    "an own word in another place": ("group,linkage.cn\nx,0.0\ny,0.5\n", r"labels: \[group\]"),
    "a real draw": ("linkage.cn,truce.length_weeks\n0.0,12.6\n", "did you mean: 13"),
    "days too far": ("deadline\n2099-01-01\n", "too far away"),
    "no day": ("calendar.start\nsoon\n", "row 2, column A"),
}


@pytest.mark.parametrize("name", REFUSED_TABLES)
def test_a_table_that_says_too_little_is_refused_with_place_and_cure(name, tmp_path) -> None:
    table, words = REFUSED_TABLES[name]
    with pytest.raises(sim.SimError, match=words) as found:
        points(tmp_path, table)
    assert found.value.cure or found.value.suggestion or found.value.allowed


def test_an_own_label_is_kept_where_the_sweep_names_it(tmp_path) -> None:
    found = points(
        tmp_path, "linkage.cn,Erläuterung\n0.0,kurz\n0.5,lang\n", more="labels: [Erläuterung]\n"
    )
    assert found["linkage.cn"] == [0.0, 0.5]


DAYS = {
    "start_dates": "calendar.start,truce.length_weeks\n2025-06-11,13\n2025-07-02,13\n",
    "start_dates in quotes": '"calendar.start","truce.length_weeks"\n"2025-06-11","13"\n"2025-07-02","13"\n',
    "deadlines": "deadline,linkage.cn\n2025-08-12,0.15\n2025-11-10,0.15\n",
    "deadlines with another start": "calendar.start,deadline\n2025-06-11,2025-08-12\n2025-07-02,2025-11-10\n",
}


@pytest.mark.parametrize("name", DAYS)
def test_days_are_factors(name, tmp_path) -> None:
    found = points(tmp_path, DAYS[name])
    if "calendar.start" in DAYS[name]:
        assert found["calendar.start"] == ["2025-06-11", "2025-07-02"]
    if "deadline" in DAYS[name]:
        assert found["truce.first_deadline_weeks"][0] == 9


SWEEPS = {
    "held_fixed": ({"linkage.cn": {"values": [0, 1]}, "truce.length_weeks": 26}, 2),
    "held as a list": ({"linkage.cn": [0, 1], "truce.length_weeks": [26]}, 2),
    "a word held": ({"linkage.cn": [0, 1], "us.strategy.kind": "micro"}, 2),
}


@pytest.mark.parametrize("name", SWEEPS)
def test_one_value_is_held_at_every_point(name, tmp_path) -> None:
    factors, rows = SWEEPS[name]
    plain = {"name": "held", "kind": "grid", "runs": 2, "factors": factors}
    (tmp_path / "held.yaml").write_text(json.dumps(plain), encoding="utf-8")
    sweep, scenario = load_sweep(tmp_path / "held.yaml")
    assert prepare(sweep, scenario).rows == rows


OTHERS = {
    "words_of_others": (
        "kind: lhs\npoints: 4\nfactors:\n  linkage.cn: {low: 0, high: 1}\n",
        "latin_hypercube",
    ),
    "full factorial": ("kind: full_factorial\nfactors:\n  linkage.cn: [0, 1]\n", "grid"),
    "elementary effects": ("kind: ee\nfactors:\n  linkage.cn: {low: 0, high: 1}\n", "morris"),
    "step": ("kind: grid\nfactors:\n  linkage.cn: {low: 0, high: 1, step: 0.25}\n", "points: 5"),
    "min and max": ("kind: grid\nfactors:\n  linkage.cn: {min: 0, high: 1}\n", "linkage.cn.low"),
    "samples": (
        "kind: sobol\nn_samples: 4\nfactors:\n  linkage.cn: {low: 0, high: 1}\n",
        "sweep.points",
    ),
    "missing_design": ("kind: list\nfile: not_here.csv\n", "not_here.csv: no such file"),
    "a design elsewhere": ("kind: list\nfile: ../plan.csv\n", "not a file beside the sweep"),
    "a folder": ("kind: list\nfile: a.csv/b.csv\n", "not a file beside the sweep"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_others_words_lead_to_ours(name, tmp_path) -> None:
    text, words = OTHERS[name]
    (tmp_path / "mine.yaml").write_text(f"name: mine\nruns: 2\n{text}", encoding="utf-8")
    with pytest.raises(sim.SimError, match=re.escape(words)) as found:
        prepare(*load_sweep(tmp_path / "mine.yaml"))
    if "not_here" in text:
        assert str(tmp_path) in str(found.value)


LINES = {
    # an item without what it is
    "owner": (
        "+issues.soy.benefit=6",
        "give owner (us or cn), track (trade or minerals or semiconductors)",
    ),
    "owner of another": ("+issues.rice={track: trade, benefit: 6}", "without owner"),
    "track": ("+issues.rice={owner: cn, benefit: 6}", "without track"),
    # a deadline where none runs
    "deadline without a truce": ("scenario=escalation deadline=2025-08-12", "no truce is in force"),
    "weeks without a truce": (
        "scenario=escalation truce.first_deadline_weeks=30",
        "no truce is in force",
    ),
    "truce=none": ("truce=none deadline=2025-08-12", "no truce is in force"),
    # per cent of what
    "per cent of what": ("issues.us_tariff.terms=55", "a tariff of 55 % is level 0.669 here"),
    "of the other side": ("issues.cn_tariff.terms=30", "a tariff of 30 % is level"),
    "no tariff": ("issues.ai_chips.terms=55", "issues.ai_chips.terms"),
    # a contradiction
    "floor above ceiling": ("economy.us.floor_tariff=1.5", "not below the ceiling"),
    "ceiling below floor": ("economy.cn.ceiling_tariff=0.01", "economy.cn"),
    # horizon and days
    "near horizon": ("weeks=20", "add outcomes.weeks_in_force="),
    "nearer": ("weeks=4", "add outcomes.weeks_in_force="),
    "far deadline": ("deadline=2029-01-20", "up to 2028-06-07"),
    "a deadline long ago": ("deadline=2020-01-20", "after 2025-06-11"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_is_refused_with_its_cure(name, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    line, words = LINES[name]
    # the space within a mapping belongs to its word
    words_of_line = [line] if "{" in line else shlex.split(line)
    assert main(["run", *words_of_line]) == 2
    assert words in capsys.readouterr().err
    assert not Path("outputs").exists()


@pytest.mark.parametrize("name", ["us.tariff", "cn.tariff", "us.tariffs"])
def test_no_hint_by_spelling_leads_to_an_unrelated_setting(name) -> None:
    with pytest.raises(sim.SimError) as found:
        sim.load(f"{name}=0.55")
    assert "outcomes." not in (found.value.suggestion or "")


@pytest.mark.parametrize(
    "plain",
    [
        {"truce": {"length_weeks": 26}, "linkage": {"cn": 0.5}},
        {"base": "geneva", "truce": {"length_weeks": 26}, "linkage": {"cn": 0.5}},
        {"name": "mine", "truce": {"length_weeks": 26}, "linkage": {"cn": 0.5}},
    ],
)
def test_a_scenario_as_json_is_read(plain, tmp_path) -> None:
    (tmp_path / "scenario.json").write_text(json.dumps(plain, indent=1), encoding="utf-8")
    found = sim.load(file=tmp_path / "scenario.json")
    assert (found.truce.length_weeks, found.linkage.cn) == (26, 0.5)


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"economy.us.floor_tariff": [0.208, 1.5]}, "in row 2"),
        ({"economy.cn.ceiling_tariff": [1.2, 0.9, 0.01]}, "in row 3"),
        ({"issues.ai_chips.red_line": [0.0]}, "in row 1"),
    ],
)
def test_a_contradiction_is_refused_by_evaluate(design, words) -> None:
    with pytest.raises(sim.SimError, match=words):
        sim.evaluate("london", design, runs=2, measures=["breakdown"])


def test_a_row_of_batch_run_can_be_made_again() -> None:
    rows = mesa.batch_run(
        sim.TruceModel,
        {"truce.length_weeks": [13], "seed": [7, 8]},
        iterations=1,
        max_steps=3,
        number_processes=1,
        display_progress=False,
    )
    for row in rows:
        again = sim.TruceModel(seed=int(row["seed"]), run=int(row["run"]))
        for _ in range(3):
            again.step()
        assert again.datacollector.model_vars["tariff.us"][-1] == row["tariff.us"]


ISSUE = {"driver": "constant", "linear_cost": 2.0, "red_line": 1.0, "phase_in_weeks": 1}
KEEPS = {"terms": 0.0, "in_force": 0.0, "lapse": 0.0, "snaps_back": False, "track": "trade"}


ANY_GAIN = {"resolve": {"trade": 0.0}}


def own(**issues: dict) -> dict:
    """A case of one's own, which any gain settles: issues by name."""
    return {
        "name": "own",
        **dict.fromkeys(SIDES, ANY_GAIN),
        "politics": {side: {"hawk_settling": 0.0, "extension_felt": 0.0} for side in SIDES},
        "issues": {name: {**ISSUE, **KEEPS, **issue} for name, issue in issues.items()},
    }


EMPTY = {
    "two of one side": own(
        cash_now={"owner": "cn", "benefit": 2.4, "linear_cost": 1.1, "convex_cost": 0.1},
        quiet_years={"owner": "cn", "benefit": 1.6, "linear_cost": 1.4, "convex_cost": 0.1},
    ),
    "one": own(cash={"owner": "us", "benefit": 2.4, "linear_cost": 1.1, "convex_cost": 0.1}),
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_agreement_that_moves_nothing_is_no_deal(name) -> None:
    runs = sim.run(EMPTY[name], runs=30, weeks="none").runs
    empty = (runs.filter(like="final_level.") == 0.0).all(axis=1)
    assert empty.any()
    assert not (runs.loc[empty, "outcome"] == "narrow_deal").any()


@pytest.mark.parametrize("benefit", [pytest.param(30.0, marks=pytest.mark.nightly), 12.0])
def test_own_payoffs_are_what_a_tournament_ranks_by(benefit) -> None:
    mine = own(
        spectrum={"owner": "us", "benefit": benefit, "convex_cost": 10.0},
        fisheries={"owner": "cn", "benefit": benefit, "convex_cost": 10.0},
    )
    played = sim.tournament.tournament([mine], ["micro", "hardliner"], runs=10)
    assert played.ranking.select_dtypes("number").abs().to_numpy().max() > 0.0


@pytest.mark.parametrize(
    "words",
    [
        ["~issues.ai_chips"],
        ["~issues.military_magnets", "~issues.critical_minerals"],
        ["~issues.ai_chips", "~issues.military_magnets"],
        ["~issues.military_magnets", "outcomes.breakthrough=thresholds"],
    ],
)
def test_what_is_ruled_out_is_said_and_not_counted(words, tmp_path) -> None:
    results = sim.run(sim.load("scenario=breakthrough", *words), runs=20, weeks="none")
    row = results.shares().set_index("outcome").loc["breakthrough"]
    assert row["ruled_out"] and row["share"] == 0.0
    assert "cannot happen" in results.answer


ONE = "{owner: us, KEY: trade, driver: constant, benefit: 30, convex_cost: 10, red_line: 1.0, terms: 0}"
TWO = "{owner: cn, KEY: trade, driver: constant, benefit: 30, convex_cost: 10, red_line: 1.0, terms: 0}"
ISSUES_OF_OLD = {
    "own_payoffs": f"name: own\nissues:\n  spectrum: {ONE}\n  fisheries: {TWO}\n",
    "empty_agreement": f"name: own\nissues:\n  cash_now: {TWO}\n  quiet_years: {TWO}\n",
    "one in a block": f"base: london\n+issues.soy: {ONE}\n",
}


@pytest.mark.parametrize("name", ISSUES_OF_OLD)
def test_a_name_that_a_setting_had_is_refused_with_line_and_the_name_it_has(name, tmp_path) -> None:
    """The cases of the folder say ``table:``, as issues did; with ``track:`` they are what the tests
    above and below run.
    """
    (tmp_path / "mine.yaml").write_text(ISSUES_OF_OLD[name].replace("KEY", "table"))
    with pytest.raises(sim.SimError) as found:
        sim.load(file=tmp_path / "mine.yaml")
    each = [found.value, *found.value.others]
    wrong = [error for error in each if str(error.key).endswith(".table")]
    assert wrong and all(str(error.suggestion).endswith(".track") for error in wrong)
    assert all("mine.yaml:" in error.problem for error in wrong)
    (tmp_path / "mine.yaml").write_text(ISSUES_OF_OLD[name].replace("KEY", "track"))
    assert sim.load(file=tmp_path / "mine.yaml").issues


QUESTIONS = """from: london_2025
questions:
  in_force: {text: "Is a truce in force on 10 November 2025?", on: "2025-11-10", that: "status == truce"}
  extended: {by: "2025-08-12", that: "extensions >= 1"}
  above_100: {until: "2025-12-31", ever: "tariff.us > 1.0"}
  above_150: {until: "2025-12-31", ever: "tariff.us > 1.5"}
"""


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_questions_of_a_forecaster_are_answered(form, tmp_path) -> None:
    path = tmp_path / f"questions.{form}"
    if form == "json":
        plain = {
            "from": "london_2025",
            "questions": {"above_150": {"until": "2025-12-31", "ever": "tariff.us > 1.5"}},
        }
        path.write_text(json.dumps(plain), encoding="utf-8")
    else:
        path.write_text(QUESTIONS, encoding="utf-8")
    found = sim.ask(path, runs=30, settings=False).answers.set_index("question")
    assert found.loc["above_150", "ruled_out"]
    if form == "yaml":
        assert found.drop("above_150")["probability"].between(0.0, 1.0).all()


RULES = {
    "run": "tariffsim run scenario={s} runs=1 figures=none folder=results/{s}",
    "sweep": "tariffsim sweep sweep=compliance_noise scenario={s} runs=1 figures=none folder=results/{s}",
    "compare": "tariffsim compare left={s} truce.length_weeks=20 runs=4 figures=none folder=results/{s}",
}


@pytest.mark.parametrize(
    "rule", [r if r == "run" else pytest.param(r, marks=pytest.mark.nightly) for r in RULES]
)
def test_a_rule_of_a_pipeline_finds_its_output_where_it_named_it(
    rule, tmp_path, monkeypatch, capsys
) -> None:
    """Snakemake's way: the shell line of a rule, then its outputs must be there; a second time the
    rule is not run, and were it run, nothing would be overwritten.
    """
    monkeypatch.chdir(tmp_path)
    words = shlex.split(RULES[rule].format(s="london"))[1:]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    outputs = [Path("results/london/manifest.json")]
    outputs += [Path("results/london/runs.parquet")] if rule == "run" else []
    assert told["folder"] == "results/london" and told["exit_code"] == 0
    assert all(path.is_file() for path in outputs)
    made = {path: path.stat().st_mtime_ns for path in Path("results").rglob("*") if path.is_file()}
    assert main(words) == 2
    assert "results are never overwritten" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in made} == made
