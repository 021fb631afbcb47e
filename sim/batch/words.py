"""What other software calls the parts of a sweep, and what they are called here.

SALib, pyDOE, SciPy, Optuna, the EMA Workbench, OpenMOLE, NetLogo's BehaviorSpace and NumPy are
where the words come from. A word is never taken for ours in silence: the error names ours.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DESIGNS", "FACTOR_KEYS", "SETTINGS", "ours"]

_LATIN, _GRID, _LIST = "latin_hypercube", "grid", "list"
DESIGNS = {
    **dict.fromkeys(
        ("lhs", "latin", "lhc", "latinhypercube", "lhsmdu", "random", "uniform"), _LATIN
    ),
    **dict.fromkeys(("monte_carlo", "montecarlo", "mc"), _LATIN),
    **dict.fromkeys(
        ("factorial", "full_factorial", "fullfact", "ff", "cartesian", "product"), _GRID
    ),
    **dict.fromkeys(("grid_search", "gridsearch", "combinations", "behaviorspace"), _GRID),
    **dict.fromkeys(("csv", "table", "file", "design", "points", "rows", "excel", "sheet"), _LIST),
    **dict.fromkeys(("sobol_sequence", "sobol_points", "qmc", "quasi_random", "halton"), "sobol"),
    **dict.fromkeys(("sobol_indices", "saltelli_sampling", "variance_based"), "saltelli"),
    **dict.fromkeys(("elementary_effects", "ee", "screening"), "morris"),
}
FACTOR_KEYS = {
    **dict.fromkeys(("min", "minimum", "lower", "lower_bound", "lo", "from", "start", "a"), "low"),
    **dict.fromkeys(
        ("max", "maximum", "upper", "upper_bound", "hi", "to", "stop", "end", "b"), "high"
    ),
    **dict.fromkeys(
        ("step", "steps", "increment", "n", "num", "number", "count", "size"), "points"
    ),
    **dict.fromkeys(("std", "stdev", "stddev", "sigma", "scale"), "sd"),
    **dict.fromkeys(("mu", "loc", "average"), "mean"),
    **dict.fromkeys(("dist", "law", "type", "prior"), "distribution"),
    **dict.fromkeys(("levels", "list", "value", "grid"), "values"),
    **dict.fromkeys(("options", "categories", "categorical"), "choices"),
    **dict.fromkeys(("bounds", "range", "interval", "limits"), "low and high"),
}
SETTINGS = {
    **dict.fromkeys(("samples", "n_samples", "num_samples", "sample_size", "n", "size"), "points"),
    **dict.fromkeys(("scenarios", "trajectories", "n_trajectories", "calls"), "points"),
    **dict.fromkeys(("replications", "reps", "repetitions", "replicates", "iterations"), "runs"),
    **dict.fromkeys(("n_runs", "num_runs", "trials"), "runs"),
    **dict.fromkeys(("parameters", "params", "variables"), "factors"),
    **dict.fromkeys(("inputs", "space", "search_space"), "factors"),
    **dict.fromkeys(("sampler", "method", "design", "type", "sampling"), "kind"),
    **dict.fromkeys(("seed", "random_state", "rng"), "design_seed"),
    **dict.fromkeys(("outcomes", "metrics", "outputs", "reporters", "responses"), "measures"),
    **dict.fromkeys(("filter", "conditions", "restrictions", "forbidden"), "constraints"),
    **dict.fromkeys(("csv", "table", "path", "filename"), "file"),
    **dict.fromkeys(("num_levels",), "levels"),
    **dict.fromkeys(("calc_second_order",), "second_order"),
    **dict.fromkeys(("id", "names", "row_names", "index"), "labels"),
}


def ours(word: object, words: Mapping[str, str]) -> str | None:
    """Our word for another's, or None."""
    return words.get(str(word).strip().lower().replace("-", "_").replace(" ", "_"))
