"""The exported function and its LLVM IR, in a separate process: ``python -m sim.browser.entry
FILE`` writes the IR to FILE.

It needs a separate process because Numba reads its environment (:data:`ENVIRONMENT`) when it is
imported, and because the IR must not come from the cache of rules that were compiled for this
machine's processor.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

__all__ = ["ENVIRONMENT", "function_ir"]

ENVIRONMENT = {
    # no instruction of this machine's processor in the IR
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    # a first, light pass without vectors of x86: the passes for WebAssembly come later and find
    # plain loops (levels 1, 2 and 3 give the same speed under wasmtime with firms in tiles; 1 is
    # the fastest)
    "NUMBA_OPT": "1",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
    "PYTHONHASHSEED": "0",
}


def function_ir() -> str:
    """LLVM IR of the exported function with all rules in it, recompiled."""
    from sim.rules import compiled

    # before any rule is imported
    compiled.cache_folder = lambda: None  # type: ignore[assignment]
    # what is worth inlining is another matter for WebAssembly, and its passes decide
    compiled.small_rule = compiled.rule
    return _function().inspect_llvm()


def _function() -> Any:
    from numba import carray, cfunc, types
    from numba.np.numpy_support import from_dtype

    from sim.browser.description import most_firm_rows
    from sim.config.params import dated_dtype, params_dtype
    from sim.ensemble.kernel import run_block as kernel
    from sim.rules.measures import RUN, WEEK
    from sim.rules.state import ACT, ASK, FIRMS, STATE

    room, numbers = most_firm_rows(), params_dtype().itemsize // 8
    records = {
        "state": STATE,
        "firms": FIRMS,
        "params": params_dtype(),
        "dated": dated_dtype(),
        "outs": RUN,
        "series": WEEK,
        "acts": ACT,
        "asks": ASK,
    }
    at = {name: types.CPointer(from_dtype(kind)) for name, kind in records.items()}
    whole, count = types.CPointer(types.int64), types.int32
    signature = count(
        at["state"],
        at["firms"],
        at["params"],
        count,
        at["dated"],
        count,
        at["asks"],
        count,
        at["params"],
        whole,
        whole,
        types.uint64,
        whole,
        count,
        at["outs"],
        at["series"],
        count,
        at["acts"],
        count,
        at["asks"],
        count,
        count,
    )

    @cfunc(signature, error_model="numpy")
    def run_block(
        state, firms, params, points, dated, rows, script, answers, own, cells, point, seed, run,
        runs, outs, series, weeks, acts, most_acts, asks, most_asks, whole
    ):  # fmt: skip
        kernel(
            carray(state, (1,)),
            carray(firms, (room,)),
            carray(params, (points,)),
            carray(dated, (rows,)),
            carray(script, (answers,)),
            carray(own, (1,)),
            carray(cells, (numbers,)),
            carray(point, (runs,)),
            seed,
            carray(run, (runs,)),
            carray(outs, (runs,)),
            carray(series, (runs, weeks)),
            carray(acts, (runs, most_acts)),
            carray(asks, (runs, most_asks)),
            whole,
        )
        return runs

    return run_block


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(function_ir(), encoding="utf-8")
