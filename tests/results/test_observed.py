"""Observed series are read from tables as people keep them, in the units of the model."""

from __future__ import annotations

import json
import random

import pandas as pd
import pytest

from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.results.observed import Observed, observed_in, read_observed

LONDON = Scenario()
WANTED = """month,us_imports_from_cn_usd_bn,magnets_to_us_t
2025-06,18.899,353
2025-07,26.384,619
2025-08,25.371,
"""


def written(folder, text: str, name: str = "months.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def values(observed: Observed) -> dict[str, dict[str, float]]:
    return {
        name: {row.first: round(row.value, 9) for row in observed.of(name)}
        for name in observed.series
    }


def test_months_of_the_record_are_read_in_the_units_of_the_series(tmp_path) -> None:
    found = read_observed(written(tmp_path, WANTED), LONDON)
    assert values(found) == {
        "recorded_trade.us": {"2025-06-01": 226.788, "2025-07-01": 316.608, "2025-08-01": 304.452},
        "imports.magnets": {"2025-06-01": 353.0, "2025-07-01": 619.0},
    }
    assert found.rows[0].last == "2025-06-30"
    assert (
        found.conversions
        == "us_imports_from_cn_usd_bn (bn USD/month) times 12 is recorded_trade.us"
    )


SAME = {
    "months in words": WANTED.replace("2025-06", "June 2025").replace("2025-07", "Jul 2025"),
    "first days": WANTED.replace("2025-06", "2025-06-01").replace("2025-07", "2025-07-01"),
    "IMF": WANTED.replace("2025-06", "2025M06").replace("2025-08", "2025M08"),
    "another order": "\n".join([WANTED.split("\n")[k] for k in (0, 3, 1, 2)]) + "\n",
    "gaps in words": WANTED.replace("25.371,\n", "25.371,NA\n") + "2025-09,-,..\n",
    "labels": "\n".join(
        line + (",note,source" if n == 0 else ",x,y")
        for n, line in enumerate(WANTED.strip().split("\n"))
    ),
    "German": WANTED.replace(",", ";").replace(".", ",").replace("9;3", "90;3"),
}


@pytest.mark.parametrize("form", SAME)
def test_other_forms_say_the_same(tmp_path, form) -> None:
    wanted = values(read_observed(written(tmp_path, WANTED), LONDON))
    assert values(read_observed(written(tmp_path, SAME[form], "other.csv"), LONDON)) == wanted


def test_python_says_the_same(tmp_path) -> None:
    path = written(tmp_path, WANTED)
    wanted = values(read_observed(path, LONDON))
    frame = pd.read_csv(path)
    assert values(read_observed(frame, LONDON)) == wanted
    assert values(read_observed(frame.set_index("month"), LONDON)) == wanted
    frame["month"] = pd.to_datetime(frame["month"])
    assert values(read_observed(frame, LONDON)) == wanted
    assert values(read_observed(frame.to_dict("list"), LONDON)) == wanted
    frame.to_excel(tmp_path / "months.xlsx", index=False)
    assert values(read_observed(tmp_path / "months.xlsx", LONDON)) == wanted
    frame.to_parquet(tmp_path / "months.parquet")
    assert values(read_observed(tmp_path / "months.parquet", LONDON)) == wanted


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("tariff.us", "0.55", 0.55),
        ("tariff.us", "55 %", 0.55),
        ("tariff.us [%]", "55", 0.55),
        ("trade.us (m USD/month)", "26384", 316.608),
        ("trade.us [bn USD per month]", "26.384", 316.608),
        ("imports.magnets [kg/month]", "619000", 619.0),
        ("imports.chips [cards/month]", "150000", 1.5),
        ("belief_alive.cn [%]", "60", 0.6),
        ("tariff.us [%]", "55 %", 0.55),
        ("flow.magnets", "1.2", 1.2),
    ],
)
def test_a_unit_is_taken_from_the_header(tmp_path, column, cell, value) -> None:
    found = read_observed(written(tmp_path, f"date,{column}\n2025-07-14,{cell}\n"), LONDON)
    assert found.rows[0].value == pytest.approx(value)
    assert (found.rows[0].first, found.rows[0].last) == ("2025-07-14", "2025-07-14")


def test_a_mapping_names_the_columns_and_passes_the_others_over(tmp_path) -> None:
    written(tmp_path, "month,Magnets,other\n2025-07,619000,x\n", "customs.csv")
    columns = {"Magnets": "imports.magnets [kg/month]"}
    described = written(
        tmp_path, json.dumps({"file": "customs.csv", "columns": columns}), "mine.yaml"
    )
    for found in (
        read_observed(described, LONDON),
        read_observed(tmp_path / "customs.csv", LONDON, columns),
    ):
        assert values(found) == {"imports.magnets": {"2025-07-01": 619.0}}


def test_they_come_back_from_a_manifest(tmp_path) -> None:
    found = read_observed(written(tmp_path, WANTED), LONDON)
    again = observed_in({"observed": json.loads(json.dumps(found.plain()))})
    assert again == found
    assert read_observed(again, LONDON) == found


REFUSED = {
    "month,tariff.eu\n2025-07,0.1\n": r"tariff.eu.*\n.*\n.*did you mean: tariff",
    "month,outcome\n2025-07,1\n": "no such weekly series",
    "month,tariff.us [EUR]\n2025-07,1\n": "no such unit",
    "month,tariff.us\n2025-13,1\n": "row 2, column A",
    "month,tariff.us\n13 July,1\n": "write a month as 2025-07",
    "month,tariff.us\n2025-07,1\n2025-07-01,2\n": "row 3, column A: the same time twice",
    "month,tariff.us\n2025-07,high\n": "row 2, column B: not a number",
    "month,tariff.us\n2025-07,1e999\n": "row 2, column B: not a number",
    "month,tariff.us\n2025-07,\n2025-08,NA\n": "nothing observed",
    "month,note\n2025-07,x\n": "nothing observed",
    "tariff.us,tariff.cn\n0.1,0.2\n": "no column says when",
    "month,tariff.us,tariff.us [%]\n2025-07,0.1,10\n": "observes what tariff.us does",
    "month,imports.magnets\n2025-07,55 %\n": "not a number",
    "month,tariff.us\n2025-07,1.2.3 %\n": "row 2, column B: not a number",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_taken_is_refused_with_its_place(tmp_path, text) -> None:
    with pytest.raises(SimError, match=REFUSED[text]) as found:
        read_observed(written(tmp_path, text), LONDON)
    assert "months.csv" in str(found.value)


IMPOSSIBLE = {
    ("tariff.us", "39.4"): r"write 0.394, 39.4 %, or head the column tariff.us \[%\]",
    ("tariff.cn", "-0.1"): "allowed: 0 to 5",
    ("tariff.us [%]", "3940"): "leave the cell empty",
    ("tariff.us", "3940 %"): "leave the cell empty",
    ("approval_rate.magnets", "60"): "write 0.6, 60 %",
    ("belief_alive.cn", "1.5"): r"allowed: 0 to 1 \(probability\)",
    ("licensed.automotive", "45"): "write 0.45, 45 %",
    ("flow.magnets", "80"): "write 0.8, 80 %",
    ("flow.chips", "-1"): "allowed: 0 to 5",
    ("imports.magnets", "-353"): "allowed: 0 or more",
    ("imports.magnets [kg/month]", "-353"): "allowed: 0 or more",
    ("trade.us", "-1"): "allowed: 0 or more",
    ("queue.magnets", "-1"): "allowed: 0 or more",
}


@pytest.mark.parametrize("column, cell", IMPOSSIBLE)
def test_a_value_that_its_series_cannot_have_is_refused(tmp_path, column, cell) -> None:
    text = f"month,{column}\n2025-07,{cell}\n"
    with pytest.raises(SimError, match=IMPOSSIBLE[column, cell]) as found:
        read_observed(written(tmp_path, text), LONDON)
    assert "row 2, column B: out of bounds" in str(found.value)
    assert found.value.given in (cell, float(cell) if "%" not in cell else cell)


def test_what_may_be_negative_is_not_refused(tmp_path) -> None:
    found = read_observed(written(tmp_path, "month,payoff.us\n2025-07,-12\n"), LONDON)
    assert found.rows[0].value == -12.0


@pytest.mark.parametrize("given", [3, None, [1, 2], b"month", {"month": "2025-07"}])
def test_what_is_no_table_is_refused(given) -> None:
    with pytest.raises(SimError):
        read_observed(given, LONDON)


@pytest.mark.parametrize(
    "change",
    [
        {"series": "tariff.eu"},
        {"first": "2025-99-99"},
        {"last": "2025-01-01"},
        {"value": -1.0},
        {"series": "tariff.us", "value": 39.4},
    ],
)
def test_records_of_a_stranger_are_checked(tmp_path, change) -> None:
    plain = json.loads(json.dumps(read_observed(written(tmp_path, WANTED), LONDON).plain()))
    random.Random(1).choice(plain["rows"]).update(change)
    with pytest.raises(SimError):
        read_observed(observed_in({"observed": plain}), LONDON)
