import numpy as np

from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate

n = 3000
for sc in ("london", "geneva"):
    r = [
        simulate(
            flatten(load("scenario=" + sc, *a)), np.zeros(n, np.int64), np.arange(n), 3, threads=1
        )[0]
        for a in ([], ["firms.magnets.firms=240"], ["firms.magnets.firms=60"])
    ]
    for k, name in ((1, "x2"), (2, "x.5")):
        d = [((r[k]["outcome"] == i).astype(float) - (r[0]["outcome"] == i)) for i in range(4)]
        print(
            sc,
            name,
            "outcome diffs (95%):",
            [f"{x.mean():+.4f}({1.96 * x.std() / n**0.5:.4f})" for x in d],
            "flow",
            [round(q["flow"][:, 0].mean(), 3) for q in r],
            "queue/firm",
            [round(q["licence_queue"][:, 0].mean(), 2) for q in r],
        )
