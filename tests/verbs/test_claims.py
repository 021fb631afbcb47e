"""The verb claims: what it takes, what it leaves, and what it refuses without leaving anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main

FEW = ["only=no_breakthrough_apart,linkage_lapses", "against=other_seed,file_reversed", "runs=4"]
FALSE = """\
claims:
  false:
    text: pauses end in a breakthrough
    page: docs/model.md
    right: scenario=tactical_pause
    measure: breakthrough
    sign: above
    bound: 0.9
"""


def test_a_result_is_reproduced_and_bundled(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "result"
    assert main(["claims", *FEW, "figures.format=png", f"folder={folder}", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["folder"] == str(folder) and "of 2 claims hold" in said["answer"]
    assert set(said["content"]) == {"claims", "checks"}
    assert (folder / "figures" / "claims.png").is_file() and (folder / "claims.md").is_file()
    assert main(["reproduce", str(folder)]) == 0
    assert main(["reproduce", str(folder / "report.html")]) == 0
    assert main(["bundle", str(folder)]) == 0
    assert main(["reproduce", f"{folder}.zip"]) == 0


@pytest.mark.parametrize(("switch", "code"), [([], 0), (["--strict"], 1)])
def test_a_false_claim_is_an_exit_code_where_asked(switch, code, tmp_path: Path, capsys) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(FALSE, encoding="utf-8")
    words = [f"claims={path}", "against=other_seed", "runs=40", "draw=false", f"out={tmp_path}"]
    assert main(["claims", *words, *switch]) == code
    assert "false as written: false" in capsys.readouterr().out
    (manifest,) = tmp_path.glob("claims/*/manifest.json")
    assert "claims=mine.yaml" in json.loads(manifest.read_text())["overrides"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["only=rare"], "no such claim"),
        (["against=seed"], "no such variation"),
        (["runs=1"], "too few"),
        (["claims=none.yaml"], "no such file"),
        (["linkage.cn=0.5"], "claims name their own scenarios"),
        (["scenario=geneva"], "claims name their own scenarios"),
        (["engine=mesa"], "not for claims"),
        (["london"], "not a word of claims"),
    ],
)
def test_bad_input_is_one_message_and_leaves_nothing(
    words, problem, tmp_path: Path, capsys
) -> None:
    assert main(["claims", *words, f"out={tmp_path / 'out'}"]) == 2
    err = capsys.readouterr().err
    assert problem in err and err.count("tariffsim:") == 1
    assert not (tmp_path / "out").exists()
