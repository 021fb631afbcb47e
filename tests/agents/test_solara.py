"""Mesa's SolaraViz takes the model with settings by dotted name: its own check of parameters,
without a browser.
"""

from __future__ import annotations

import ast
import inspect
from importlib.util import find_spec
from pathlib import Path

import pytest

from sim.model import TruceModel


def test_settings_come_by_the_name_that_mesa_looks_for() -> None:
    assert (
        inspect.signature(TruceModel.__init__).parameters["kwargs"].kind
        is inspect.Parameter.VAR_KEYWORD
    )
    assert TruceModel(seed=1, **{"linkage.cn": 0.9}).scenario.linkage.cn == 0.9


def _mesas_check():
    """``_check_model_params`` of Mesa's SolaraViz, taken from its file: the module itself needs
    solara.
    """
    (place,) = find_spec("mesa").submodule_search_locations
    tree = ast.parse((Path(place) / "visualization" / "solara_viz.py").read_text(encoding="utf-8"))
    tree.body = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "_check_model_params"
    ]
    names = {"inspect": inspect}
    exec(compile(tree, "solara_viz.py", "exec"), names)
    return names["_check_model_params"]


def test_mesas_own_check_passes() -> None:
    check = _mesas_check()
    check(TruceModel.__init__, {"seed": 1, "linkage.cn": 0.5, "truce.length_weeks": 26})
    with pytest.raises(ValueError, match="Invalid model parameter"):
        check(lambda self, seed=1: None, {"linkage.cn": 0.5})
