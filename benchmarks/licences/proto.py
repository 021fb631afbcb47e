"""Own small prototype of LICENCES.md: R runs x N firms, weeks from 31 March 2025 (week 0)."""

import numpy as np

SECT = ("cars", "elec", "aero", "def")
SHARE = np.array([0.4, 0.3, 0.18, 0.12])
MULT = np.array([0.7, 1.75, 0.7, 0.35])
MILSH = np.array([0, 0, 0.25, 1.0])
COVER = np.array([7.0, 8, 14, 13])


def run(R=300, N=120, T=80, seed=1, d=None, path=None, sigma=0.7):
    D = dict(
        unc=0.45,
        cleared=1.2,
        hold0=9.5,
        hold1=3.0,
        holdl=13.0,
        hostile=0.5,
        tariff=0.6,
        cap0=1.5,
        cap1=12.0,
        capl=13.0,
        a1=0.15,
        a2=0.22,
        a3=0.40,
        cap=1.2,
        lead=4,
        fly=2.0,
        carry=0.15,
        hoard=1.0,
        aside=0.25,
        reform=0.15,
        resub=8,
        elast=0.65,
        file_lo=1,
        file_hi=9,
        leadlo=2,
        leadhi=10,
        green=1,
        relax=3,
        airlead=1,
        mil=0.3,
    )
    if d:
        D.update(d)
    rng = np.random.default_rng(seed)
    U = lambda *s: rng.random(s)
    n = np.arange(N)
    pl = ((n + 0.5) * (np.sqrt(5) - 1) / 2) % 1
    sec = np.searchsorted(np.cumsum(SHARE), pl * SHARE.sum()).clip(0, 3)
    size = np.exp(0.9 * rng.standard_normal((R, N)) - 0.405)
    unc = U(R, N) < D["unc"] * MULT[sec]
    mil = ~unc & (U(R, N) < MILSH[sec])
    con = ~unc & ~mil
    cover = COVER[sec] * np.exp(sigma * rng.standard_normal((R, N)))
    cover = np.where(mil, 50 * np.exp(0.2 * rng.standard_normal((R, N))), cover)
    tons = np.where(mil, D["mil"] * size, size)
    trusted = (U(R, N) < np.minimum(0.95, 0.5 * size)) & ~mil
    ease = U(R, N)
    filew = np.ceil(D["file_lo"] + (D["file_hi"] - D["file_lo"]) * U(R, N))
    leadw = D["leadlo"] + (D["leadhi"] - D["leadlo"]) * U(R, N)
    other = 0.15
    stock = cover.copy()
    need0 = 1 - other
    ring = np.full((8, R, N), need0)
    ring[4:] = 0  # arrivals in weeks ahead 0..3
    held1 = np.zeros((R, N))
    held2 = np.zeros((R, N))
    aside = np.zeros((R, N))
    reform = np.zeros((R, N))
    risk = np.zeros((R, N))
    atrisk = np.zeros((R, N))
    thirdp = np.zeros(R)
    until = np.full((R, N), -999)
    ready = np.full((R, N), 10**6)
    inq = np.zeros((R, N), bool)
    queued = np.zeros((R, N))
    ever = np.zeros((R, N), bool)
    back = np.zeros((R, N), bool)
    P = np.ones(R)
    budget = np.zeros(R)
    out = {
        k: []
        for k in ["flow", "lic", "stopc", "price", "queue", "cov", "unc", "con", "stopd", "appr", "short", "held", "dem", "mstock"]
    }
    shares = [0.5, 0.3, 0.2]
    lot = np.zeros((R, N), bool)
    normal = (tons * need0).sum(1)
    for w in range(T):
        rank = path(w) if path else (4 if w < 0 else 0 if w < 9 else 1 if w < 10 else 2)
        prev = (
            path(w - 1)
            if path
            else (0 if w <= 9 and w > 0 else 4 if w == 0 else 1 if w == 10 else 2)
        )
        age = w
        capn = D["cap1"] - (D["cap1"] - D["cap0"]) * np.exp(-age / D["capl"])
        hold = D["hold1"] + (D["hold0"] - D["hold1"]) * np.exp(-age / D["holdl"])
        control = rank < 4
        lic = until > w
        if rank > prev and rank < 4:  # fast track: what was sent back
            ready = np.where(back, w, ready)
        needlic = (con | mil) & control
        fw = np.where(
            ever, 1, np.where(trusted & (D["green"] == 1) & (rank >= 2), np.ceil(filew / 2), filew)
        )
        want = needlic & (until - w - 1 < leadw) & (ready >= 10**6) & ~inq
        ready = np.where(want, w + fw, ready)
        join = (ready <= w) & ~inq
        inq |= join
        queued = np.where(join, w + rng.random((R, N)) * 0.5, queued)
        ready = np.where(join, 10**6, ready)
        back &= ~join
        budget = budget % 1 + capn * N / 120
        green = D["green"] == 1 and rank >= 2
        order = np.argsort(np.where(inq, queued - (1000 * trusted if green else 0), 1e9), axis=1)
        cost = np.where(ever, 0.5, 1.0)
        co = np.take_along_axis(cost * inq, order, 1).cumsum(1)
        examo = (co <= budget[:, None]) & np.take_along_axis(inq, order, 1)
        exam = np.zeros((R, N), bool)
        np.put_along_axis(exam, order, examo, 1)
        budget -= (cost * exam).sum(1)
        a = [0, D["a1"], D["a2"], D["a3"], 1][rank]
        tr = [0, 0.30, 0.8, 0.8, 1][rank]
        pa = np.where(mil, 0.002, np.where(trusted, tr, a * 2 * ease))
        if rank >= 2:
            pa = np.where(ever & ~mil, np.maximum(pa, 0.9), pa)
        ok = exam & (rng.random((R, N)) < pa)
        no = exam & ~ok
        inq &= ~exam
        ready = np.where(no, w + D["resub"], ready)
        back |= no
        if rank == 1:
            lot |= ok
            until = np.where(ok, 10**5, until)
        else:
            term = np.where(True, (26 if rank == 2 else 52) * (0.7 + 0.3 * rng.random((R, N))), 0)
            lot &= ~ok
            until = np.where(
                ok, np.maximum(w, np.where(until > 9e4, w, until)) + term.astype(int) + 1, until
            )
        ever |= ok
        lic = until > w
        free = ~needlic
        # firms
        arr = ring[0]
        ring = np.roll(ring, -1, 0)
        ring[-1] = 0
        stock = stock + arr
        tp = 0.10 * (P - 1) / (P + 1)
        need = np.maximum(
            0, need0 * (1 - np.where(con, aside + reform, 0)) - np.where(con, tp[:, None], 0)
        )
        used = np.minimum(stock, need)
        stock = stock - used
        shortage = np.where(need0 > 0, (need - used), 0)
        lack = np.where(free | lic, shortage, need)
        risk = 0.95 * risk + 0.05 * lack
        atrisk = np.where(risk > 0.15, atrisk + 1, 0)
        reform = np.where(
            con, np.where(atrisk >= 12, reform + (D["reform"] - reform) / 8, reform), 0
        )
        aside = np.where(con, aside + (np.where(lic | free, 0, D["aside"]) - aside) / 8, 0)
        transit = ring.sum(0)
        air = stock < D["fly"]
        L = np.where(air, D["airlead"], D["lead"])
        Lh = L + np.where(unc & control, hold, 0)
        aim = (
            cover
            * (1 + D["hoard"] * risk * (~unc))
            / (1 + np.where(con, D["carry"] * (P[:, None] - 1), 0))
        )
        th = D["tariff"] if 1 <= w <= 5 else 1.0
        capf = np.where(unc | (rank == 4), 1.3, D["cap"]) * need
        capf = np.where(lot & lic & ~unc, 4 * D["cap"] * need, capf)
        o = np.clip(aim + Lh * need - stock - transit - held1 - held2, 0, capf) * th
        o = np.where(free | lic, o, 0)
        used_lot = lot & lic & (o > 0) & needlic
        until = np.where(used_lot, w, until)
        lot &= ~used_lot
        dep = np.where(unc, 0, o)
        if control:
            r = min(1, 2 / hold) * (D["hostile"] if rank == 0 else 1)
            outc = r * held2
            h1 = held1
            held2 = np.where(unc, held2 + r * h1 - outc, 0)
            held1 = np.where(unc, held1 + o - r * h1, 0)
            dep = np.where(unc, outc, dep)
        else:
            dep = np.where(unc, o + held1 + held2, dep)
            held1 = held1 * 0
            held2 = held2 * 0
        cl = D["cleared"] * shares[w] * need0 if w < 3 else 0
        dep = dep + cl
        for k in (1, 4):
            ring[k - 1] += np.where(k == L, dep, 0)
        ref = np.where(con, reform * need0, 0)
        flow = ((dep + ref) * tons).sum(1) / normal
        if w == 0:
            flow = flow
        x = con
        S = size * x
        coming = (
            0.5 * (0 if not out["flow"] else cm) + 0.5 * (S * dep).sum(1) / (S * need0).sum(1)
            if rank > 0
            else np.zeros(R)
        )
        cm = coming
        z = ((S * (stock + transit)).sum(1) / need0 + 13 * coming * S.sum(1)) / (
            (S * (cover + D["lead"] * need0)).sum(1) / need0 + 13 * S.sum(1)
        )
        Pn = np.minimum(10, np.maximum(1, z ** (-1 / D["elast"])))
        P = P + 0.4 * (Pn - P) if rank < 4 else P + 0.4 * (1 - P)
        out["unc"].append((dep * tons * unc).sum(1) / (tons * unc * need0).sum(1))
        out["con"].append((dep * tons * con).sum(1) / (tons * con * need0).sum(1))
        out["flow"].append(flow)
        out["price"].append(P.copy())
        c = con & (sec == 0)
        out["lic"].append((lic & c).sum(1) / c.sum(1))
        out["stopc"].append(((shortage >= 0.5) & (sec == 0)).sum(1) / (sec == 0).sum())
        dd = mil & (sec == 3)
        out["stopd"].append(((shortage >= 0.5) & dd).sum(1) / np.maximum(1, dd.sum(1)))
        out["queue"].append(inq.sum(1))
        out["cov"].append((S * stock).sum(1) / S.sum(1))
        out["dem"].append((S * lic).sum(1) / S.sum(1))
        out["held"].append(((held1 + held2) * size).sum(1) / normal)
        out["appr"].append(ok.sum(1))
        out["short"].append((shortage * size).sum(1) / size.sum(1))
    return {k: np.array(v) for k, v in out.items()}


def months(flow, ton=620.0, r0=(3 + 0 / 7)):
    """Apr-Aug tonnes from weekly flow (weeks from 31 March); days 1-3 April normal."""
    T, R = flow.shape
    day = np.repeat(flow / 7, 7, axis=0)  # day 0=31 March
    # week 0: 31 Mar-3 Apr normal (4 days), the week's controlled flow in 4-6 April
    day[0:4] = 1 / 7.0
    day[4:7] = flow[0] / 3
    wk = ton * 12 / 52
    ends = [1, 31, 62, 92, 123, 154]
    return np.array([day[a:b].sum(0) * wk for a, b in zip(ends[:-1], ends[1:])])


def crps(x, y):
    x = np.sort(x)
    n = len(x)
    return np.abs(x - y).mean() - 0.5 * np.abs(x[:, None] - x[None]).mean()


if __name__ == "__main__":

    o = run()
    m = months(o["flow"])
    rec = [243, 46, 353, 619, 590]
    print(
        "mean",
        m.mean(1).round(),
        "lo",
        np.quantile(m, 0.05, 1).round(),
        "hi",
        np.quantile(m, 0.95, 1).round(),
    )
    print("crps", np.mean([crps(m[i], rec[i]) for i in range(5)]))
    fs = (o["stopc"] > 0).argmax(0)
    print(
        "first stop cars",
        np.quantile(fs, [0.05, 0.5, 0.95]),
        "share 5-9",
        ((fs >= 5) & (fs <= 9)).mean(),
    )
    print(
        "licensed cars end June(w12)",
        np.quantile(o["lic"][12], [0.05, 0.5, 0.95]),
        "mid Oct(w28)",
        np.quantile(o["lic"][28], [0.05, 0.5, 0.95]),
    )
    print(
        "dem lic July (w16)",
        o["dem"][16].mean(),
        "price w4,9,20",
        [np.round(o["price"][k].mean(), 2) for k in (4, 9, 20)],
    )
    print(
        "geneva w6: held %.2f dep %.2f cov %.1f P %.2f"
        % (o["held"][5].mean(), o["flow"][5].mean(), o["cov"][5].mean(), o["price"][5].mean())
    )
    print(
        "london w10: held %.2f dep %.2f cov %.1f P %.2f dem %.3f queue %.0f"
        % (
            o["held"][9].mean(),
            o["flow"][9].mean(),
            o["cov"][9].mean(),
            o["price"][9].mean(),
            o["dem"][9].mean(),
            o["queue"][9].mean(),
        )
    )
    print("unc", [(k, round(float(o["unc"][k].mean()), 2)) for k in (6, 9, 12, 15, 18, 21, 25)])
    print("flow", o["flow"].mean(1).round(2))
    print("queue", o["queue"].mean(1).round(0)[:30])
    print("stopd", [(k, o["stopd"][k].mean().round(2)) for k in (9, 20, 52, 78)])
