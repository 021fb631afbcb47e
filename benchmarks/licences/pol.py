import sys
import time

import numpy as np

from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate

n = int(sys.argv[1])
cases = {
    "london": ["scenario=london"],
    "geneva": ["scenario=geneva"],
    "gen susp": ["scenario=geneva", "licensing.magnets.regime=suspended"],
    "gen free": ["scenario=geneva", "licensing.magnets.regime=free"],
    "gen 6m now": ["scenario=geneva", "licensing.magnets.regime=six_months"],
    "lon tenth": [
        "scenario=london",
        "licensing.magnets.capacity=1.2",
        "licensing.magnets.capacity_start=1.2",
    ],
    "lon susp": ["scenario=london", "licensing.magnets.regime=suspended"],
    "lon ship": ["scenario=london", "licensing.magnets.regime=shipment"],
    "lon gen": ["scenario=london", "licensing.magnets.regime=general"],
    "lon free": ["scenario=london", "licensing.magnets.regime=free"],
    "escal": ["scenario=escalation_2025"],
    "2xfirms": ["scenario=london", "firms.magnets.firms=240"],
}
for extra in sys.argv[2:]:
    a, b = extra.split(":", 1)
    cases[a] = b.split()
if "--" in cases:
    cases = {k: v for k, v in cases.items() if k in cases["--"]}
rows = []
for name, args in cases.items():
    p = flatten(load(*args))
    h = int(p.values[0]["calendar"]["horizon_weeks"])
    c = time.process_time()
    simulate(p, np.zeros(n, np.int64), np.arange(n), 1, threads=1)
    c = (time.process_time() - c) / n * 1e6
    o, w = simulate(p, np.zeros(n, np.int64), np.arange(n), 1, weekly=n, threads=1)
    mg = [p.sectors.index(x) for x in ("automotive", "electronics", "aerospace", "defence")]
    f = w["flow"][:, :, 0]

    def sh(x):
        return round(float(np.mean(x)), 3)

    print(
        f"{name:11s} {c:4.0f}us | "
        + " ".join(f"{x:.3f}" for x in [(o["outcome"] == i).mean() for i in range(4)])
        + f" | break {sh(o['breaks'] > 0)} met {o['dates_met'].sum() / max(1, o['dates'].sum()):.3f} crisis13 {sh(o['weeks_to_first_crisis'] <= 13)} swap8 {sh(o['weeks_to_first_swap'] <= 8)} claim6 {sh(o['weeks_to_first_protest'] <= 6)} claim26 {sh(o['weeks_to_first_protest'] <= 26)} claims {o['protests'].mean(0).round(2)} deal1st {sh(o['weeks_to_first_deal'] <= 9 if 'lon' in name else o['weeks_to_first_deal'] <= 13)} ever {sh(o['weeks_to_first_deal'] < 1e4)} truceat {np.nanmedian(o['weeks_to_first_truce']):.0f} | flow y2 {f[:, 52:].mean():.2f} loss y1 {o['lost_output'][:, mg].sum(1).mean() * 52 / h:.1f} bn/yr queue {o['licence_queue'][:, 0].mean():.1f} wait {np.nanmean(o['licence_wait'][:, 0]):.1f}",
        flush=True,
    )
    fm = f.mean(0)
    if name in ("london", "lon tenth"):
        x = f[:, 30:].mean(0)
        x = x - np.polyval(np.polyfit(np.arange(len(x)), x, 1), np.arange(len(x)))
        ac = [(x[:-k] * x[k:]).mean() / x.var() for k in range(20, 33)]
        print("   acf 20..32", np.round(ac, 2))
