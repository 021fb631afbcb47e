"""Tables of what a side's tariff does, by its place on the path of concessions.

See docs/trade.md, *In the model*.

Closed forms for eighteen groups of goods cost too much every week, so they are computed at the
knots of a side's path: flows, losses, revenue and the averages of duties, with the elasticities of
the first year and of the long run. A place is a tariff as bargained, the statutory average of the
bases of the first day; along the path bases are given up last in first out. Each legal state (the
day of the record, what courts voided, section 122) has a table of its own, which is kept as long as
the settings of the economy stay. In a panel of three knots all quantities are quadratics of the place.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`), ``t`` the tables, ``s.tables``, and ``i`` a side as importer.
"""

from __future__ import annotations

from sim.rules.codes import FIXED_DUTIES, N_FAMILIES, N_GROUPS, N_SIDES, US
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.law import (
    FENTANYL_VOID,
    JANUARY_2025,
    RECIPROCAL_VOID,
    THIRD_VOID,
    last_family,
    set_stack,
)
from sim.rules.mathematics import clip
from sim.rules.state import (
    AGES,
    AT_KNOT,
    COST,
    DUTY,
    ECONOMY,
    EXPORT_LOSS,
    FLOW,
    GROUP_EXPORT_LOSS,
    GROUP_FLOW,
    GROUP_LOSS,
    GROUP_REVENUE,
    HEARD_ABROAD,
    HEARD_AT_HOME,
    KNOTS,
    LONG,
    LOSS,
    OF_GROUP,
    PANELS,
    REVENUE,
    ROUTED,
    SLOTS,
    STATUTORY,
    round_up_to_lanes,
)
from sim.rules.trade_groups import (
    exporter_loss,
    government_cost,
    importer_loss,
    inline_market,
)

__all__ = [
    "at_place",
    "choose_table",
    "clear_sums",
    "count_week",
    "panel_of",
    "set_tables",
    "sum_groups",
]

# a rate of the last base, ad valorem, at which a panel ends, after those of the bases before: dense
# where truces lie, to beyond what flows
_LAST_RATES = (0.125, 0.25, 0.375, 0.5, 1.0, 2.0)
_OLDER_PANELS, _SECOND_PANELS = 1, 2


@rule
def _bank(t, i, slot):
    """Add to the sums of each group what the weeks at the knots of a table bring, and begin anew."""
    for age in range(AGES):
        for knot in range(KNOTS):
            weight = t.weight[i, slot, age, knot]
            if weight != 0.0:
                for column in range(OF_GROUP):
                    for g in range(N_GROUPS):
                        t.sums[i, column, g] += weight * t.of_group[i, slot, age, knot, column, g]
            t.weight[i, slot, age, knot] = 0.0


@rule
def sum_groups(s):
    """Bring the sums of every group up to date: bn USD/yr times weeks, in ``s.tables.sums``."""
    t = s.tables
    for i in range(N_SIDES):
        for slot in range(t.used[i]):
            _bank(t, i, slot)


@rule
def set_tables(s, p):
    """Settle what all tables of a run share: forget those of another economy or first day."""
    t = s.tables
    _read_economy(p, t.wanted)
    same = t.kept
    for n in range(ECONOMY):
        if t.wanted[n] != t.key[n]:
            same = 0
    if same == 0:
        if t.kept == 1:
            sum_groups(s)
        for n in range(ECONOMY):
            t.key[n] = t.wanted[n]
        t.kept = 1
        _lay_path(s, p)


@rule
def clear_sums(s):
    """Begin the sums by group anew."""
    t = s.tables
    for i in range(N_SIDES):
        for column in range(OF_GROUP):
            for g in range(N_GROUPS):
                t.sums[i, column, g] = 0.0
        for slot in range(t.used[i]):
            for age in range(AGES):
                for knot in range(KNOTS):
                    t.weight[i, slot, age, knot] = 0.0


@formula
def _read_economy(p, numbers):
    """The settings that tables depend on."""
    sides, n = p.economy.sides, 0
    for i in range(N_SIDES):
        numbers[n], numbers[n + 1] = sides.imports[i], sides.pass_through[i]
        numbers[n + 2], numbers[n + 3] = sides.between[i], sides.in_all[i]
        numbers[n + 4], numbers[n + 5] = sides.long_run[i], sides.third_slope[i]
        numbers[n + 6], numbers[n + 7] = sides.revenue_weight[i], sides.protection_weight[i]
        numbers[n + 8] = sides.export_margin[i]
        n += 9
    numbers[n], numbers[n + 1] = p.economy.route_share, p.economy.route_elasticity
    numbers[n + 2], numbers[n + 3] = p.economy.route_cost, p.economy.enforcement
    numbers[n + 4] = float(p.calendar.day)
    numbers[n + 5] = 0.0


@rule
def _lay_path(s, p):
    """The bases of January 2025, those of the first day and the panels of both paths."""
    t = s.tables
    set_stack(s.groups, s.bases, s.stack, JANUARY_2025)
    for i in range(N_SIDES):
        for g in range(N_GROUPS):
            duty = 0.0
            for family in range(N_FAMILIES):
                duty += s.stack.effective[i, family, g]
            t.base_duty[i, g] = duty
            # other countries' duties in China are China's most favoured nation's all the while
            t.base_third[i, g] = (
                s.stack.third[g] if i == US else s.stack.effective[i, FIXED_DUTIES, g]
            )
    set_stack(s.groups, s.bases, s.stack, p.calendar.day)
    for i in range(N_SIDES):
        t.used[i], t.next[i] = 0, 0
        last, bound = last_family(i), 0.0
        for family in range(N_FAMILIES):
            t.bound[i, family] = bound
            t.points[i, family] = s.stack.statutory[i, family] if family < last else 0.0
            t.first_statutory[i, family] = t.points[i, family]
            bound += t.points[i, family]
            for g in range(N_GROUPS):
                t.first_duty[i, family, g] = s.stack.effective[i, family, g]
        _lay_panels(s, i, last)


@formula
def _lay_panels(s, i, last):
    """The edges of a side's panels: older bases, the last but one, then the last base's rates."""
    t, per_rate = s.tables, s.stack.unit_statutory[i, last]
    t.per_rate[i] = per_rate
    low, high = t.bound[i, last - 1], t.bound[i, last]
    for n in range(_OLDER_PANELS + 1):
        t.edge[i, n] = low * n / _OLDER_PANELS
    for n in range(_SECOND_PANELS):
        t.edge[i, _OLDER_PANELS + n + 1] = low + (high - low) * (n + 1) / _SECOND_PANELS
    n = _OLDER_PANELS + _SECOND_PANELS + 1
    for rate in _LAST_RATES:
        t.edge[i, n] = high + rate * per_rate
        n += 1


@rule
def choose_table(s, p):
    """The tables of this week's legal state, built where none is kept."""
    w = s.world
    for i in range(N_SIDES):
        t, void, added = s.tables, 0, 0.0
        if i == US:
            void, added = w.void, w.section_122
        epoch = w.law_day if i == US else p.calendar.day
        found = -1
        for slot in range(t.used[i]):
            same = t.epoch[i, slot] == epoch and t.void[i, slot] == void
            if same and t.added[i, slot] == added:
                found = slot
        if found < 0:
            found = t.next[i]
            if found < t.used[i]:
                _bank(t, i, found)
            t.next[i] = (found + 1) % SLOTS
            t.used[i] = max(t.used[i], found + 1)
            t.epoch[i, found], t.void[i, found], t.added[i, found] = epoch, void, added
            _fill(s, p, i, found)
        if w.table[i] != found:
            # in the order of the run, whatever slots earlier runs left
            _bank(t, i, w.table[i])
        w.table[i] = found


@formula
def _is_void(void, i, family):
    """Whether a court voided a family of bases of a side."""
    last = last_family(i)
    if i != US:
        return False
    return (family == last and void & RECIPROCAL_VOID != 0) or (
        family == last - 1 and void & FENTANYL_VOID != 0
    )


@small_rule
def _share_of(t, i, family, place):
    """The share of a family of bases, all but the last, that stands at a place of the path."""
    points = t.points[i, family]
    if points <= 0.0:
        return 1.0
    return clip((place - t.bound[i, family]) / points, 0.0, 1.0)


@small_rule
def _last_rate(s, i, place):
    """The rate of the last base at a place of the path, ad valorem."""
    t, last = s.tables, last_family(i)
    return max(0.0, place - t.bound[i, last]) / t.per_rate[i] if t.per_rate[i] > 0.0 else 0.0


@small_rule
def _duty_at(s, i, g, place, void, added):
    """The effective duty of a group at a place of the path, ad valorem, in a legal state.

    Bases that are no matter of the truce are those of the stack's day; those that are bargained over
    are those of the first day, by their share at the place.
    """
    t, last, duty = s.tables, last_family(i), 0.0
    for family in range(last):
        if not _is_void(void, i, family):
            whole = t.first_duty[i, family, g]
            if family < last - 1:
                whole = s.stack.effective[i, family, g]
            duty += _share_of(t, i, family, place) * whole
    if not _is_void(void, i, last):
        duty += _last_rate(s, i, place) * s.stack.unit[i, last, g]
    return duty + added


@small_rule
def statutory_in_law(s, i, place, void, added):
    """The statutory average at a place of the path, ad valorem, in a legal state."""
    t, last, total = s.tables, last_family(i), 0.0
    for family in range(last):
        if not _is_void(void, i, family):
            whole = t.first_statutory[i, family]
            if family < last - 1:
                whole = s.stack.statutory[i, family]
            total += _share_of(t, i, family, place) * whole
    if not _is_void(void, i, last):
        total += max(0.0, place - t.bound[i, last])
    return total + added


@rule
def _fill(s, p, i, slot):
    """Compute a table: every knot, with both elasticities, group by group.

    Losses and revenue are against the duties of January 2025 with third countries' as they are.
    """
    t, groups, sides = s.tables, s.groups, p.economy.sides
    void, added = t.void[i, slot], t.added[i, slot]
    set_stack(s.groups, s.bases, s.stack, t.epoch[i, slot])
    imports, between, in_all, slope, margin = 0.0, 0.0, 0.0, 0.0, 0.0
    for g in range(N_GROUPS):
        size = groups.imports[i, g]
        imports += size
        between += size * groups.between[i, g]
        in_all += size * groups.in_all[i, g]
        slope += size * groups.third_slope[i, g]
        margin += size * groups.margin[i, g]
    scale = sides.imports[i] / imports
    between, in_all = sides.between[i] * imports / between, sides.in_all[i] * imports / in_all
    slope, margin = (
        sides.third_slope[i] * imports / slope,
        sides.export_margin[i] * imports / margin,
    )
    for g in range(N_GROUPS):
        third = s.stack.third[g] if i == US else t.base_third[i, g]
        if i == US and void & THIRD_VOID != 0:
            third -= s.stack.third_void[g]
        t.third[i, g] = third + added
    for age in range(AGES):
        for knot in range(KNOTS):
            for n in range(AT_KNOT):
                t.at[i, slot, age, knot, n] = 0.0
        longer = sides.long_run[i] if age == LONG else 1.0
        for g in range(N_GROUPS):
            _fill_group(
                s,
                p,
                i,
                slot,
                age,
                g,
                scale,
                longer * between * groups.between[i, g],
                in_all * groups.in_all[i, g],
                slope * groups.third_slope[i, g],
                margin * groups.margin[i, g],
                scale * groups.imports[i, g] / sides.imports[i],
            )
    for knot in range(KNOTS):
        place = _place_of(t, i, knot)
        average = statutory_in_law(s, i, place, void, added)
        for age in range(AGES):
            t.at[i, slot, age, knot, STATUTORY] = average


@formula
def _place_of(t, i, knot):
    """The place of a knot on a side's path: an edge of a panel, or its middle."""
    panel = knot // 2
    if knot % 2 == 0:
        return t.edge[i, panel]
    return 0.5 * (t.edge[i, panel] + t.edge[i, panel + 1])


@rule
def _fill_group(s, p, i, slot, age, g, scale, between, in_all, slope, margin, weight):
    """One group's part of a table; ``weight`` is its share of the side's imports.

    The knot after the last is the base, January's duty, from which losses and revenue count.
    """
    t, through, routed_share = s.tables, p.economy.sides.pass_through[i], p.economy.route_share
    void, added, base = t.void[i, slot], t.added[i, slot], t.base_duty[i, g]
    imports, third = scale * s.groups.imports[i, g], scale * s.groups.third[i, g]
    third_duty, base_third = t.third[i, g], t.base_third[i, g]
    for knot in range(KNOTS):
        t.duty[knot] = _duty_at(s, i, g, _place_of(t, i, knot), void, added)
    t.duty[KNOTS] = base
    t.points_to_do = KNOTS + 1
    for j in range(
        round_up_to_lanes(t.points_to_do)
    ):  # a count unknown to the compiler, which would otherwise unroll the loop
        direct, routed, _, _, buyers, revenue = inline_market(
            imports,
            third,
            t.duty[j],
            base,
            third_duty,
            base_third,
            through,
            between,
            in_all,
            slope,
            routed_share,
            p.economy.route_elasticity,
            p.economy.route_cost,
            1.0 + p.economy.enforcement,
        )
        t.direct[j], t.transshipped[j], t.buyers[j], t.gained[j] = direct, routed, buyers, revenue
    for j in range(KNOTS + 1):
        t.lost[j] = exporter_loss(
            imports, t.direct[j], t.transshipped[j], t.duty[j], base, through, routed_share, margin
        )
    for knot in range(KNOTS):
        loss, gained = t.buyers[knot] - t.buyers[KNOTS], t.gained[knot] - t.gained[KNOTS]
        lost, missing = t.lost[knot] - t.lost[KNOTS], t.direct[KNOTS] - t.direct[knot]
        cost = government_cost(
            loss,
            gained,
            missing,
            p.economy.sides.revenue_weight[i],
            p.economy.sides.protection_weight[i],
        )
        flow = t.direct[knot] / (1.0 - routed_share)
        at, of_group = t.at[i, slot, age, knot], t.of_group[i, slot, age, knot]
        at[FLOW] += flow
        at[ROUTED] += t.transshipped[knot]
        at[LOSS] += importer_loss(loss, gained)
        at[COST] += cost
        at[EXPORT_LOSS] += lost
        at[REVENUE] += gained
        at[DUTY] += weight * t.duty[knot]
        at[HEARD_AT_HOME] += s.groups.voice_importer[i, g] * importer_loss(loss, gained)
        at[HEARD_ABROAD] += s.groups.voice_exporter[i, g] * lost
        of_group[GROUP_FLOW, g], of_group[GROUP_LOSS, g] = flow, importer_loss(loss, gained)
        of_group[GROUP_EXPORT_LOSS, g], of_group[GROUP_REVENUE, g] = lost, gained


@small_rule
def panel_of(t, i, place):
    """The panel of a place on a side's path; the last beyond its end."""
    panel = 0
    while panel < PANELS - 1 and place > t.edge[i, panel + 1]:
        panel += 1
    return panel


@formula
def _along(t, i, panel, place):
    """How far along its panel a place is, in [0, 1]."""
    low, high = t.edge[i, panel], t.edge[i, panel + 1]
    return clip((place - low) / (high - low), 0.0, 1.0) if high > low else 1.0


@small_rule
def at_place(s, i, grown, panel, place, column):
    """A quantity of the week's table at a place of a side's path.

    ``grown`` in [0, 1] is how far elasticities have become those of the long run.
    """
    t, slot, first = s.tables, s.world.table[i], 2 * panel
    u = _along(t, i, panel, place)
    left, middle, right = (1.0 - u) * (1.0 - 2.0 * u), 4.0 * u * (1.0 - u), u * (2.0 * u - 1.0)
    short, long = t.at[i, slot, 0], t.at[i, slot, 1]
    now = left * short[first, column]
    now += middle * short[first + 1, column] + right * short[first + 2, column]
    then = left * long[first, column]
    then += middle * long[first + 1, column] + right * long[first + 2, column]
    return now + grown * (then - now)


@small_rule
def count_week(s, i, grown, place):
    """Remember where on its path a side's tariff was this week, for the sums by group."""
    t, slot = s.tables, s.world.table[i]
    panel = panel_of(t, i, place)
    u, first = _along(t, i, panel, place), 2 * panel
    left, middle, right = (1.0 - u) * (1.0 - 2.0 * u), 4.0 * u * (1.0 - u), u * (2.0 * u - 1.0)
    for age in range(AGES):
        share = grown if age == LONG else 1.0 - grown
        t.weight[i, slot, age, first] += share * left
        t.weight[i, slot, age, first + 1] += share * middle
        t.weight[i, slot, age, first + 2] += share * right
