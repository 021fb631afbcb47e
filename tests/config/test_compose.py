"""Two doors to a scenario: the groups through Hydra, files through the strict reader; both end in
the same validation.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import sim
from sim.batch.read import build_sweep
from sim.config.check import build, to_plain
from sim.config.compose import load, read_scenario, write_scenario
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.idle import idle
from sim.config.scenario import Scenario
from sim.jobs import NAMES, compose_job, compose_jobs

OPTIONS = [
    f"{group}={option}"
    for group, options in NAMES.groups.items()
    for option in options
    if group not in ("run", "figures", "sweep")
]


def test_london_is_the_default_and_the_schema():
    assert load("scenario=london_2025") == load()
    assert replace(load(), about="") == Scenario()


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_of_every_group_makes_a_valid_scenario(option):
    default = option.endswith(("=default", "london_2025", "strategy=screening"))
    assert (load(option) == load()) == default


def test_a_short_name_means_the_only_option_that_begins_so():
    assert load("scenario=geneva").name == "geneva_2025"


def test_settings_come_after_groups_and_groups_after_defaults():
    scenario = load("truce=long", "truce.window_weeks=4")
    assert (scenario.truce.length_weeks, scenario.truce.window_weeks) == (26, 4)


def test_a_scenario_file_comes_after_the_groups():
    scenario = load("scenario=geneva", "truce=long")
    assert (scenario.truce.length_weeks, scenario.truce.first_deadline_weeks) == (26, 13)


def test_a_choice_that_the_scenario_would_overwrite_is_refused_until_the_key_is_set():
    with pytest.raises(SimError, match="truce.first_deadline_weeks"):
        load("scenario=geneva", "truce=none")
    scenario = load("scenario=geneva", "truce=none", "truce.first_deadline_weeks=0")
    assert scenario.truce.in_force is False


def test_items_are_added_and_removed_by_hydras_signs():
    scenario = load(
        "+issues.soy.benefit=3",
        "+issues.soy.owner=cn",
        "+issues.soy.track=trade",
        "~shocks.events.us_hawks",
    )
    assert (scenario.issues["soy"].benefit, scenario.issues["soy"].owner) == (3.0, "cn")
    assert "us_hawks" not in scenario.shocks.events


def test_a_deadline_may_be_given_as_a_day():
    assert load("deadline=2025-08-12").truce.first_deadline_weeks == 9
    assert load("scenario=geneva", "deadline=2025-05-13").truce.first_deadline_weeks == 1


def test_settings_of_a_batch_are_no_part_of_a_scenario():
    for override in ("runs=5", "figures.dpi=100", "sweep.runs=3"):
        with pytest.raises(SimError, match="not part of a scenario"):
            load(override)


def test_a_job_holds_scenario_batch_and_figures():
    job = compose_job("run", ["runs=5", "seed=7", "name=x", "out=o", "draw=false", "weeks=52"])
    assert (job.run.runs, job.run.seed, job.run.name, job.run.out) == (5, 7, "x", "o")
    assert (job.figures.draw, job.scenario.calendar.horizon_weeks, job.sweep, job.verb) == (
        False,
        52,
        None,
        "run",
    )


def test_a_sweep_job_takes_the_default_sweep_and_changes_to_it():
    job = compose_job("sweep", ["sweep.runs=3", "sweep.stopping.half_width=0.1", "scenario=geneva"])
    assert job.sweep is not None and job.sweep.stopping is not None
    assert (job.sweep.name, job.sweep.runs, job.sweep.stopping.half_width) == (
        "linkage_by_deadline",
        3,
        0.1,
    )
    assert job.scenario.name == "geneva_2025"


def test_a_sweep_file_may_stand_anywhere_and_its_list_beside_it(tmp_path):
    (tmp_path / "w.yaml").write_text("kind: list\nfile: rows.csv\n")
    job = compose_job("sweep", [f"sweep_file={tmp_path / 'w.yaml'}"])
    assert job.sweep is not None and job.sweep.file == str(tmp_path / "rows.csv")


def test_jobs_of_a_multirun_come_in_hydras_order():
    jobs = compose_jobs("run", ["scenario=london,geneva", "linkage.cn=0,1"])
    assert [(job.scenario.name[0], job.scenario.linkage.cn) for job in jobs] == [
        ("l", 0.0),
        ("l", 1.0),
        ("g", 0.0),
        ("g", 1.0),
    ]


def test_a_file_is_a_whole_scenario_and_settings_come_after_it(tmp_path):
    scenario = load("scenario=breakthrough", "~issues.critical_minerals")
    write_scenario(scenario, tmp_path / "s.yaml")
    assert load(file=tmp_path / "s.yaml") == scenario
    changed = load(f"file={tmp_path / 's.yaml'}", "linkage.cn=0.9")
    assert changed == scenario.change({"linkage.cn": 0.9})


def test_an_error_in_a_file_names_its_line_and_one_on_the_command_line_does_not(tmp_path):
    (tmp_path / "s.yaml").write_text("name: x\nlinkage:\n  cn: 9\n")
    with pytest.raises(SimError, match=r"s\.yaml:3"):
        read_scenario(tmp_path / "s.yaml")
    with pytest.raises(SimError) as caught:
        load("linkage.cn=9")
    assert ".yaml" not in str(caught.value)


def test_loading_works_inside_an_application_that_uses_hydra_itself(tmp_path):
    from hydra import compose, initialize_config_dir

    from sim.config.hydra_source import HYDRA_DEFAULTS
    from sim.config.tree import forget

    (tmp_path / "linkage").mkdir()
    (tmp_path / "config.yaml").write_text("defaults:\n  - linkage: package\n")
    (tmp_path / "linkage" / "package.yaml").write_text("tracks: theirs\n")
    with initialize_config_dir(str(tmp_path), **HYDRA_DEFAULTS):
        forget()
        assert load("linkage=package").linkage.tracks == "package"
        assert compose("config") == {"linkage": {"tracks": "theirs"}}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """London with a few settings drawn anywhere within their bounds, where that makes no
    contradiction.
    """
    base = Scenario()
    rows = [
        (path, meta)
        for path, meta, _ in leaves(base)
        if meta.kind in ("number", "count", "choice", "flag")
    ]
    values = {}
    for path, meta in draw(
        st.lists(st.sampled_from(rows), max_size=6, unique_by=lambda row: row[0])
    ):
        if meta.kind == "choice":
            values[path] = draw(st.sampled_from(meta.choices))
        elif meta.kind == "flag":
            values[path] = draw(st.booleans())
        else:
            whole = meta.kind == "count"
            values[path] = draw(
                st.integers(int(meta.low), int(meta.high))
                if whole
                else st.floats(meta.low, meta.high)
            )
    try:
        return base.change(values)
    except SimError:
        return base


@given(scenarios(), st.text(max_size=80))
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_a_scenario_survives_the_way_through_a_file(tmp_path, scenario, title):
    with suppress(SimError):
        scenario = build(Scenario, {"title": title}, base=scenario)
    write_scenario(scenario, tmp_path / "s.yaml")
    assert read_scenario(tmp_path / "s.yaml") == scenario


@given(scenarios())
@settings(max_examples=25, deadline=None)
def test_plain_data_and_scenario_are_the_same_thing(scenario):
    assert build(Scenario, to_plain(scenario)) == scenario


@pytest.mark.parametrize(
    ("setting", "cure"),
    [
        ("us.strategy.exponent=1", "us.strategy.kind=time_dependent"),
        ("cn.strategy.hold=0.9", "cn.strategy.kind=hardliner"),
        ("us.deadline_firmness=0.6", "time_dependent or us.strategy.kind=hardliner"),
        ("cn.strategy.reciprocity=2", "cn.strategy.kind=tit_for_tat"),
        ("cn.strategy.steps=20", "cn.strategy.kind=micro"),
        ("us.strategy.insist=0.5", "us.strategy.kind=committed"),
        ("politics.ratification.threshold=0.3", "politics.ratification.by=vote"),
    ],
)
def test_a_setting_that_nothing_in_the_scenario_reads_is_refused(setting: str, cure: str) -> None:
    with pytest.raises(SimError, match="not used where") as caught:
        load(setting)
    assert caught.value.key == setting.split("=")[0]
    assert cure in str(caught.value)
    assert load(setting, cure.split(" or ")[-1])


def test_an_order_of_tracks_is_refused_in_a_package_which_has_one() -> None:
    with pytest.raises(SimError, match=r"not used where linkage\.tracks is package") as caught:
        load("linkage=package", "linkage.security_first=true")
    assert "linkage.tracks=separate" in str(caught.value)
    assert load("linkage.security_first=true").linkage.security_first


@pytest.mark.parametrize(
    ("setting", "unless"),
    [
        ("truce.extension_cost_growth=0.4", "truce.max_extensions"),
        ("truce.talks.sprint_meetings=5", "truce.talks.sprint_weeks"),
        ("us.resolve.known=0.5", "cn.resolve.spread"),
    ],
)
def test_what_a_0_leaves_unread_moves_no_run_and_is_refused(setting: str, unless: str) -> None:
    with pytest.raises(SimError, match=f"not used where {unless} is 0") as caught:
        load(setting, f"{unless}=0")
    assert f"{unless} above 0" in str(caught.value)
    assert load(setting)
    idle_there = load(f"{unless}=0")
    name, _, value = setting.partition("=")
    one, other = (
        sim.run(scenario, runs=40, weeks="none").runs
        for scenario in (idle_there, idle_there.change({name: float(value)}))
    )
    assert_frame_equal(one, other)


@pytest.mark.parametrize("setting", ["truce.temperature", "cn.extension_bias"])
def test_other_decisions_read_it_where_no_renewal_is_allowed(setting: str) -> None:
    # the noise is that of every decision, and a return after a break weighs lengths as renewals do
    there = load("truce.max_extensions=0")
    moved = there.change({setting: 5.0})
    one, other = (sim.run(scenario, runs=60, weeks="none").runs for scenario in (there, moved))
    assert not one.equals(other)


def test_a_factor_that_nothing_in_the_scenario_reads_is_refused_unless_a_choice_varies_with_it() -> (
    None
):
    factors = {"us.strategy.exponent": {"values": [0.5, 1.0]}}
    with pytest.raises(SimError, match=r"sweep\.factors\.us\.strategy\.exponent"):
        build_sweep({"factors": factors}, Scenario())
    kinds = {"us.strategy.kind": {"choices": ["screening", "time_dependent"]}}
    assert build_sweep({"factors": factors | kinds}, Scenario()).factors
    later = {"changes": {"2025-08-01": {"us.strategy.kind": "time_dependent"}}}
    assert not list(idle(to_plain(Scenario()) | later, factors))
