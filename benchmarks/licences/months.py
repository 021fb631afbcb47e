import datetime as dt
import sys

import numpy as np

from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate

n = int(sys.argv[1])
args = sys.argv[2:]
p = flatten(load("file=benchmarks/licences/record.yaml", *args))
out, wk = simulate(p, np.zeros(n, np.int64), np.arange(n), 1, weekly=n, threads=1)
f = wk["flow"][:, :, 0]


def months(f, free_days=2, ton=620.0):
    T = f.shape[1]
    day = np.repeat(f / 7, 7, axis=1)
    day[:, :free_days] = 1 / 7.0
    day[:, free_days:7] = f[:, :1] / (7 - free_days)
    start = dt.date(2025, 4, 2)
    day = np.concatenate([np.full((len(f), 1), 1 / 7.0), day], 1)  # 1 April
    e = [(dt.date(2025, m, 1) - dt.date(2025, 4, 1)).days for m in (4, 5, 6, 7, 8, 9)]
    return np.array([day[:, a:b].sum(1) * ton * 12 / 52 for a, b in zip(e[:-1], e[1:])])


rec = np.array([243, 46, 353, 619, 590])
m = months(f)


def crps(x, y):
    x = np.sort(x)
    return np.abs(x - y).mean() - 0.5 * np.abs(x[:, None] - x[None]).mean()


print(
    "months",
    m.mean(1).round(),
    "lo",
    np.quantile(m, 0.05, 1).round(),
    "hi",
    np.quantile(m, 0.95, 1).round(),
    "crps",
    round(np.mean([crps(m[i], rec[i]) for i in range(5)]), 1),
)
fs = out["weeks_to_first_stop"][:, p.sectors.index("automotive")]
print(
    "first car stop", np.nanquantile(fs, [0.05, 0.5, 0.95]), "5-9", ((fs >= 5) & (fs <= 9)).mean()
)
lic = wk["licensed"][:, :, p.sectors.index("automotive")]
print(
    "licensed cars (all, incl not needing) end June",
    np.quantile(lic[:, 12], [0.05, 0.5, 0.95]).round(2),
    "Oct",
    np.quantile(lic[:, 27], [0.05, 0.5, 0.95]).round(2),
)
print(
    "licensed demand jul",
    wk["licensed_demand"][:, [12, 15, 27], 0].mean(0).round(2),
    "price w4,5,9,20",
    wk["price"][:, [4, 5, 9, 20], 0].mean(0).round(2),
)
print("flow", f.mean(0).round(2))
print("queue", wk["queue"][:, :, 0].mean(0)[:30].round(0))
print("lic", wk["licensed_demand"][:, :, 0].mean(0)[:40].round(2))
print("lost auto,.. to Sept 1", wk["lost_output"][:, :22].sum(1).mean(0) / 52)
