"""The declared kernel as a plain Mesa model: firms and the authority are agents with attributes."""

from __future__ import annotations

from collections import deque

import mesa
import numpy as np

from benchmarks.kernel import declared as d

__all__ = ["Authority", "Firm", "Kernel", "run"]


class Firm(mesa.Agent):
    """A firm that needs one unit a week; quantities are weeks of need."""

    model: Kernel

    def __init__(self, model: Kernel, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.size = 0.2 + 1.6 * self.draw(d.SIZE)
        self.cover = 3.0 + 12.0 * self.draw(d.COVER)
        first = self.draw(d.LICENCE)
        self.until = 1 + int(d.TERM * first / d.LICENSED) if first < d.LICENSED else d.NEVER
        self.stock = self.cover * d.STOCKED
        self.afloat = deque([d.AFLOAT] * d.LAG)
        self.in_transit = d.AFLOAT * d.LAG
        self.expected_wait = self.shortage = self.ordered = 0.0
        self.waiting, self.applied = False, 0

    def draw(self, stream: int) -> float:
        """The draw of a stream this week."""
        return d.uniform(self.model.key, self.model.run, self.model.week, self.number, stream)

    @property
    def licensed(self) -> bool:
        """Whether it may order this week."""
        return self.until > self.model.week

    def apply(self) -> None:
        """Join the queue where the licence ends within the wait that it expects."""
        if not self.waiting and self.until - self.model.week - 1 < self.expected_wait:
            self.waiting, self.applied = True, self.model.week
            self.model.authority.queue.append(self)

    def operate(self) -> None:
        """Receive, use, fall short, order."""
        arrived = self.afloat.popleft()
        self.in_transit -= arrived
        self.stock += arrived
        used = min(self.stock, 1.0)
        self.stock -= used
        self.shortage = 1.0 - used
        wanted = self.cover + d.LAG - self.stock - self.in_transit
        self.ordered = min(max(wanted, 0.0), d.ORDER_CAP) if self.licensed else 0.0
        self.in_transit += self.ordered
        self.afloat.append(self.ordered)

    @property
    def lost(self) -> float:
        """Output lost this week, bn USD/yr."""
        return self.size * (self.shortage * (1.0 - d.CONVEXITY + d.CONVEXITY * self.shortage))


class Authority(mesa.Agent):
    """Examines applications, first come, first served."""

    model: Kernel

    def __init__(self, model: Kernel) -> None:
        super().__init__(model)
        self.queue: deque[Firm] = deque()
        self.examined = self.approved = self.waited = 0

    def examine(self) -> None:
        """Examine what capacity allows; applications that are not approved go to the end of the
        queue.
        """
        for _ in range(min(d.CAPACITY, len(self.queue))):
            firm = self.queue.popleft()
            self.examined += 1
            if firm.draw(d.APPROVAL) >= d.CHANCE:
                self.queue.append(firm)
                continue
            waited = self.model.week - firm.applied
            self.approved += 1
            self.waited += waited
            firm.waiting = False
            firm.until = max(firm.until, self.model.week) + d.TERM
            firm.expected_wait = d.MEMORY * firm.expected_wait + (1.0 - d.MEMORY) * waited


class Kernel(mesa.Model):
    """160 firms and one authority."""

    def __init__(self, key: int, run: int) -> None:
        super().__init__(seed=0)
        self.key, self.run, self.week = key, run, 0
        self.authority = Authority(self)
        for number in range(d.FIRMS):
            Firm(self, number)
        self.sums = dict.fromkeys(
            ("queue", "licensed", "shortage", "stops", "lost", "ordered"), 0.0
        )

    def step(self) -> None:
        """One week."""
        firms = self.agents_by_type[Firm]
        firms.do("apply")
        self.authority.examine()
        firms.do("operate")
        self.sums["queue"] += len(self.authority.queue)
        for firm in firms:
            self.sums["licensed"] += firm.licensed
            self.sums["shortage"] += firm.shortage
            self.sums["stops"] += firm.shortage >= d.STOP
            self.sums["lost"] += firm.lost
            self.sums["ordered"] += firm.ordered
        self.week += 1
        self.running = self.week < d.WEEKS


def run(seed: int, number: int) -> d.Run:
    """Run ``number`` under ``seed``."""
    model = Kernel(seed, number)
    while model.running:
        model.step()
    office, sums, firm_weeks = model.authority, model.sums, d.FIRMS * d.WEEKS
    stock = np.array(model.agents_by_type[Firm].get("stock"))
    measures = (
        float(office.examined),
        float(office.approved),
        office.waited / office.approved,
        sums["queue"] / d.WEEKS,
        sums["licensed"] / firm_weeks,
        sums["shortage"] / d.FIRMS,
        sums["stops"] / firm_weeks,
        sums["lost"] / 52.0,
        sums["ordered"] / firm_weeks,
        sum(stock) / d.FIRMS,
    )
    return d.Run(measures, stock)
