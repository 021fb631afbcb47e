"""The state of one run: one record for the world at large and an array of tiles for the firms.

``s`` in a rule is the record of dtype :data:`STATE`: the world, both sides, the issues, both
authorities, the offers, and work space, all of fixed size, so that a compiled rule takes one
pointer. ``firms`` is an array of tiles, those of magnets first: a tile holds up to :data:`TILE`
firms that need one good, with a column for each quantity, so that a rule written for one firm
compiles to instructions that treat several at once. Firm ``n`` of a good is in column ``n % TILE``
of that good's tile ``n // TILE``; its place is counted over all tiles. A set of firms of a tile is
a number with one bit per firm. Agents are views of the same tiles. Issues are columns too,
:data:`ROOM` long. Allocation happens once and is the only thing done here besides naming;
:mod:`sim.rules.start` fills a state in. ``p`` are the settings (:mod:`sim.config.params`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.rules.codes import (
    CHIPS,
    MAGNETS,
    N_DRIVERS,
    N_FAMILIES,
    N_GOODS,
    N_GRADES,
    N_GROUPS,
    N_PURCHASES,
    N_SIDES,
    N_TRACKS,
    code,
    codes,
)
from sim.rules.compiled import formula
from sim.rules.customs import BASES, GROUPS, STACK, facts
from sim.rules.measures import (
    DATED,
    KEPT,
    MOST_CLOSING_WEEKS,
    MOST_ISSUES,
    MOST_MINERALS,
    MOST_SECTORS,
    RUN,
)
from sim.vocabulary import ACT_ROW, ASK_ROW

__all__ = [
    "ACT",
    "AGES",
    "ASK",
    "AT_KNOT",
    "AUTHORITY",
    "COLUMNS",
    "COMMON_QUEUE",
    "COST",
    "DEMANDED",
    "DUTY",
    "EXPORT_LOSS",
    "FIRMS",
    "FLOW",
    "FLOW_WEEKS",
    "GREEN_QUEUE",
    "GROUP_EXPORT_LOSS",
    "GROUP_FLOW",
    "GROUP_LOSS",
    "GROUP_REVENUE",
    "HEARD",
    "HEARD_ABROAD",
    "HEARD_AT_HOME",
    "ISSUES",
    "KNOTS",
    "LANES",
    "LONG",
    "LOSS",
    "MINERALS",
    "MOST_ACTS",
    "MOST_ASKS",
    "MOST_FIRMS",
    "MOST_LEAD_WEEKS",
    "MOST_MEETINGS",
    "NEVER",
    "NOBODY_ACTS",
    "NO_DATE",
    "NO_FIRM",
    "N_LENGTHS",
    "N_QUEUES",
    "OFFERED",
    "OF_GROUP",
    "OPEN",
    "PANELS",
    "PROBLEM",
    "REVENUE",
    "RING",
    "ROOM",
    "ROUTED",
    "SHORT",
    "SIDE",
    "SLOTS",
    "STATE",
    "STATUTORY",
    "TABLES",
    "TALLIED",
    "TILE",
    "WEEKS_AHEAD",
    "WORLD",
    "State",
    "allocate",
    "firm_bit",
    "places",
    "round_up_to_lanes",
    "sector_count",
    "tiles",
    "tiles_of",
]

OFFERED, HEARD, DEMANDED = codes(3)  # questions that a bargaining problem remembers the answer to
N_QUESTIONS = 3
GREEN_QUEUE, COMMON_QUEUE = codes(
    2
)  # of an authority: trusted firms, where it serves them first, and the others
N_QUEUES = 2
NEVER = code(-(10**6))
NO_FIRM = code(0)
LANES = (
    8  # numbers that a loop treats at once, at most: 64 bytes, a cache line and an AVX-512 register
)
TILE = 64  # firms, as many as a number has bits
COLUMNS = TILE // 4  # of the sums over a tile
ROOM = -(-MOST_ISSUES // LANES) * LANES
MOST_ASKS = 8192  # of a run: a hundred weeks of a hard clock take about a thousand
MOST_ACTS = 2048
FLOW_WEEKS = 4  # over which a side judges what flows (docs/licences.md)
N_LENGTHS = 5  # of a renewal: 30, 90, 180, 365, 730 days (sim.rules.outlook)
NO_DATE = code(10**6)  # the week of the date of a truce that has none
NOBODY_ACTS = code(N_SIDES)  # of an act of both
MOST_FIRMS = 2000  # of a good: the bound of firms.<good>.firms
MOST_MEETINGS = 10  # of a week: the bound of truce.talks.sprint_meetings
WEEKS_AHEAD = 52  # for which a plan looks ahead: half a year of this clock and of the next
MOST_LEAD_WEEKS = 12  # the bound of firms.<good>.shipping_weeks
RING = 8  # weeks, the longest voyage: the bound of economy.<side>.lag_weeks
_MOST_BREAKPOINTS = 2 * MOST_ISSUES
_LINE, _PAGE = 64, 4096  # bytes of a cache line and of a page of memory


def lines_of(fields: list[tuple[Any, ...]]) -> np.dtype:
    """A record in which every field of a cache line or more begins on one."""
    kinds = [
        np.dtype((field[1], *field[2:])) if field[2:] else np.dtype(field[1]) for field in fields
    ]
    offsets, end = [], 0
    for kind in kinds:
        start = -(-end // _LINE) * _LINE if kind.itemsize >= _LINE else end
        offsets.append(start)
        end = start + kind.itemsize
    names = [field[0] for field in fields]
    size = -(-end // _LINE) * _LINE
    return np.dtype(
        {"names": names, "formats": kinds, "offsets": offsets, "itemsize": size}, align=True
    )


def _zeros(count: int, kind: np.dtype) -> np.ndarray:
    """Zeroed records, the first one on a page.

    Otherwise the relative position of state and tiles would change the speed from run to run.
    """
    raw = np.zeros(count * kind.itemsize + _PAGE, np.uint8)
    first = -raw.ctypes.data % _PAGE
    return raw[first : first + count * kind.itemsize].view(kind)


WORLD = np.dtype(
    [
        ("seed", "u8"),
        ("run", "i8"),
        ("week", "i8"),
        ("status", "i8"),
        ("clock_start", "i8"),
        ("deadline", "i8"),
        ("extensions", "i8"),
        ("deal_since", "i8"),
        ("events", "i8"),
        ("driver_issue", "i8", (N_DRIVERS,)),
        ("settled", "i8", (N_TRACKS,)),
        ("rung", "i8", (N_SIDES,)),
        ("ceiling", "f8", (N_SIDES,)),
        ("tariff", "f8", (N_SIDES,)),
        ("tariff_age", "f8", (N_SIDES,)),
        ("bargained", "f8", (N_SIDES,)),
        ("duty", "f8", (N_SIDES,)),
        ("grown", "f8", (N_SIDES,)),
        ("demanded", "f8", (N_SIDES,)),
        ("orders", "f8", (N_SIDES,)),
        ("moved", "f8", (N_SIDES,)),
        ("placed", "f8", (N_SIDES, RING)),
        ("trade", "f8", (N_SIDES,)),
        ("routed", "f8", (N_SIDES,)),
        ("month", "i8"),
        ("noise", "f8", (N_SIDES,)),
        ("revenue", "f8", (N_SIDES,)),
        ("table", "i8", (N_SIDES,)),
        ("law_day", "i8"),
        ("law_next", "i8"),
        ("void", "i8"),
        ("struck", "i8"),
        ("rebuilt", "i8"),
        ("section_122", "f8"),
        ("section_122_end", "i8"),
        ("other_supply", "f8", (N_GOODS,)),
        ("dependence_decline", "f8", (N_GOODS,)),
        ("mean_risk", "f8", (N_GOODS,)),
        ("exposure", "f8", (N_GOODS, N_GRADES)),
        ("needs_licence", "i8", (N_GOODS, N_GRADES)),
        ("approval_chance", "f8", (N_GOODS, N_GRADES)),
        ("trusted_chance", "f8", (N_GOODS,)),
        ("renewal_chance", "f8", (N_GOODS,)),
        ("regime", "i8", (N_GOODS, N_GRADES)),
        ("regime_asked", "i8", (N_GOODS, N_GRADES)),
        ("regime_since", "i8", (N_GOODS, N_GRADES)),
        ("fast_track", "i8", (N_GOODS,)),
        ("price", "f8", (N_GOODS,)),
        ("coming", "f8", (N_GOODS,)),
        ("pipeline", "f8", (N_GOODS,)),
        ("pipeline_usual", "f8", (N_GOODS,)),
        ("demand", "f8", (N_GOODS, N_GRADES)),
        ("licensed_demand", "f8", (N_GOODS, N_GRADES)),
        ("left", "f8", (N_GOODS,)),
        ("flow_of_weeks", "f8", (N_GOODS, FLOW_WEEKS)),
        ("flow", "f8", (N_GOODS,)),
        ("mean_shortage", "f8", (N_GOODS,)),
        ("lost_output", "f8", (MOST_SECTORS,)),
        ("shortage", "f8", (MOST_SECTORS,)),
        ("licensed", "f8", (MOST_SECTORS,)),
        ("bound", "f8", (MOST_SECTORS,)),
        ("stops", "f8", (MOST_SECTORS,)),
        ("sector_size", "f8", (MOST_SECTORS,)),
        ("sector_firms", "f8", (MOST_SECTORS,)),
        ("good_size", "f8", (N_GOODS,)),
        ("chip_quality", "f8"),
        ("chip_bar", "f8"),
        ("share_taken", "f8"),
        ("mineral_loss", "f8"),
        ("minerals_at_stake", "f8"),
        ("demand_walk", "f8", (N_PURCHASES,)),
        ("bought", "f8", (N_PURCHASES,)),
        ("purchased", "f8"),
        ("due", "f8", (N_PURCHASES,)),
        ("extra_due", "f8", (N_PURCHASES,)),
        ("extra_short", "f8", (N_PURCHASES,)),
        ("meetings", "i8"),
        ("meeting", "i8"),
        ("summit", "f8"),
        ("sprint", "i8"),
        ("planned", "i8"),
        ("planned_status", "i8"),
        ("weeks_in_truce", "i8"),
        ("weeks_in_break", "i8"),
        ("census", "f8"),
        ("future", "i8"),
        ("next_dated", "i8"),
        ("on_path", "i8"),
        ("path", "f8", (N_SIDES,)),
        ("length", "i8"),
        ("next_length", "i8"),
        ("next_option", "i8"),
        ("limbo", "i8"),
        ("crisis_since", "i8"),
        ("hollow_weeks", "i8"),
        ("hollow", "i8"),
        ("asks", "i8"),
        ("asked", "i8"),
        ("acts", "i8"),
        ("script_next", "i8"),
        ("script_end", "i8"),
        ("wanted", "i8", (N_SIDES,)),
        ("open_ask", "i8"),
    ],
    align=True,
)

SIDE = np.dtype(
    [
        ("beta_a", "f8"),
        ("beta_total", "f8"),
        ("grievance", "f8"),
        ("grieved", "i8"),
        ("usual", "f8"),
        ("owed", "f8"),
        ("effort", "i8"),
        ("trust", "f8"),
        ("years", "f8"),
        ("stake", "f8"),
        ("lack_trade", "f8"),
        ("harm_out", "f8"),
        ("harm_in", "f8"),
        ("own_cost", "f8"),
        ("ask", "f8"),
        ("fresh", "i8"),
        ("protest_since", "i8"),
        ("threat_date", "i8"),
        ("threat_ask", "f8"),
        ("threat_fresh", "i8"),
        ("threat_issue", "i8"),
        ("threat_answered", "i8"),
        ("measure", "f8"),
        ("measure_issue", "i8"),
        ("measure_since", "i8"),
        ("measure_fresh", "i8"),
        ("responds", "i8"),
        ("carried", "f8"),
        ("threats", "f8"),
        ("rung_due", "i8"),
        ("worth_of_length", "f8", (N_LENGTHS,)),
        ("cost_of_length", "f8", (N_LENGTHS,)),
        ("hawk", "f8"),
        ("campaign", "f8"),
        ("lobby", "f8"),
        ("tariff_loss", "f8"),
        ("heard_at_home", "f8"),
        ("pressed", "f8"),
        ("export_loss", "f8"),
        ("welfare_loss", "f8"),
        ("payoff", "f8"),
        ("break_loss", "f8"),
        ("value_terms", "f8"),
        ("value_lapse", "f8"),
        ("value_now", "f8"),
        ("value_truce", "f8"),
        ("lack", "f8"),
        ("leverage", "f8"),
        ("leverage_change", "f8", (N_TRACKS,)),
        ("shown", "f8", (N_TRACKS,)),
        ("faded", "f8", (N_GOODS,)),
        ("discount", "f8"),
        ("clock", "f8"),
        ("conceded", "f8"),
        ("reservation", "f8", (N_TRACKS,)),
        ("best", "f8", (N_TRACKS,)),
        ("its_reservation", "f8", (N_TRACKS,)),
        ("aspiration", "f8", (N_TRACKS,)),
        ("standing", "i8", (N_TRACKS,)),
        ("heard", "f8", (N_TRACKS,)),
        ("heard_before", "f8", (N_TRACKS,)),
        ("heard_count", "i8", (N_TRACKS,)),
        ("made_count", "i8", (N_TRACKS,)),
        ("resolve", "f8"),
        ("turning", "f8"),
        ("goes_on", "f8"),
        ("goes_on_next", "f8"),
        ("week_factor", "f8"),
        ("meeting_factor", "f8"),
        ("sprint_factor", "f8"),
        ("waits", "f8", (MOST_MEETINGS,)),
        ("keeps", "f8", (MOST_MEETINGS,)),
        ("low", "f8", (N_TRACKS,)),
        ("tough", "f8", (N_TRACKS,)),
        ("if_refused", "f8", (N_TRACKS,)),
        ("its_floor", "f8", (N_TRACKS,)),
        ("its_most", "f8", (N_TRACKS,)),
        ("expected", "f8", (N_TRACKS,)),
        ("slope", "f8", (N_TRACKS,)),
        ("claim", "f8", (N_TRACKS,)),
        ("demand", "f8", (N_TRACKS,)),
    ],
    align=True,
)

_ISSUE = (
    "benefit",
    "linear",
    "convex",
    "terms",
    "agreed",
    "promised",
    "promised_before",
    "level",
    "kept",
    "withheld",
    "boycott",
    "given",
    "least",
    "delivered",
    "nash",
    "promise_week",
    "promise_rank",
    "promise_flow",
    "shortfall",
    "kink",
    "cost_bend",
    "benefit_bend",
)
ISSUES = lines_of([(name, "f8", (ROOM,)) for name in _ISSUE])

# of minerals that are rows: what users have, price outside over usual, what they see coming, what
# licences let through, supply outside China, what is used, loss and what is at stake, bn USD/yr
_MINERAL = ("stock", "price", "coming", "passed", "other", "used", "loss", "at_stake")
MINERALS = lines_of([(name, "f8", (MOST_MINERALS,)) for name in _MINERAL])

# of tables of trade: legal states that a run can remember of each side, panels of the path of
# concessions with a quadratic in each, and what stands at their knots
SLOTS, PANELS = 8, 9
KNOTS = 2 * PANELS + 1
SHORT, LONG = codes(2)  # elasticities of the first year, and in the long run
AGES = 2
AT_KNOT = 10
FLOW, ROUTED, LOSS, COST, EXPORT_LOSS, REVENUE, DUTY, STATUTORY, HEARD_AT_HOME, HEARD_ABROAD = (
    codes(AT_KNOT)
)
GROUP_FLOW, GROUP_LOSS, GROUP_EXPORT_LOSS, GROUP_REVENUE = codes(4)
OF_GROUP = 4
ECONOMY = 24  # numbers of the settings that tables depend on
_OF_SIDE = (N_SIDES, SLOTS)
# work space of one group: knots and the base, in whole lanes
_WORK = -(-(KNOTS + 1) // LANES) * LANES
_AT_POINTS = ("duty", "direct", "transshipped", "buyers", "gained", "lost")
TABLES = lines_of(
    [
        ("key", "f8", (ECONOMY,)),
        ("wanted", "f8", (ECONOMY,)),
        ("kept", "i8"),
        ("epoch", "i8", _OF_SIDE),
        ("void", "i8", _OF_SIDE),
        ("added", "f8", _OF_SIDE),
        ("used", "i8", (N_SIDES,)),
        ("next", "i8", (N_SIDES,)),
        ("edge", "f8", (N_SIDES, PANELS + 1)),
        ("bound", "f8", (N_SIDES, N_FAMILIES)),
        ("points", "f8", (N_SIDES, N_FAMILIES)),
        ("per_rate", "f8", (N_SIDES,)),
        ("first_duty", "f8", (N_SIDES, N_FAMILIES, N_GROUPS)),
        ("first_statutory", "f8", (N_SIDES, N_FAMILIES)),
        ("base_duty", "f8", (N_SIDES, N_GROUPS)),
        ("base_third", "f8", (N_SIDES, N_GROUPS)),
        ("third", "f8", (N_SIDES, N_GROUPS)),
        ("at", "f8", (*_OF_SIDE, AGES, KNOTS, AT_KNOT)),
        ("of_group", "f8", (*_OF_SIDE, AGES, KNOTS, OF_GROUP, N_GROUPS)),
        ("weight", "f8", (*_OF_SIDE, AGES, KNOTS)),
        ("sums", "f8", (N_SIDES, OF_GROUP, N_GROUPS)),
        ("points_to_do", "i8"),
        *((name, "f8", (_WORK,)) for name in _AT_POINTS),
    ]
)

_FIRM_INTEGERS = (
    "sector",
    "trusted",
    "pending",
    "ready",
    "until",
    "applied",
    "qualified",
)
_FIRM_NUMBERS = (
    "size",
    "value_at_risk",
    "ease",
    "file_weeks",
    "renew_ahead",
    "declared",
    "stock",
    "other_share",
    "in_transit",
    "cover",
    "risk",
    "shortage",
    "held_new",
    "held",
    "aside",
    "arrived",
    "left",
    "flown",
)
FIRMS = lines_of(
    [
        ("good", "i8"),
        ("count", "i8"),
        ("entity", "i8"),
        ("members", "i8", (MOST_SECTORS,)),
        ("kind", "i8", (TILE,)),
        *((name, "i8", (TILE,)) for name in _FIRM_INTEGERS),
        *((name, "f8", (TILE,)) for name in _FIRM_NUMBERS),
        ("transit", "f8", (MOST_LEAD_WEEKS, TILE)),
    ]
)

_TALLIED = (
    "risk",
    "shortage",
    "flow",
    "exposed_civil",
    "exposed_military",
    "pipeline",
    "controlled",
    "licensed_civil",
    "licensed_military",
)
TALLIED = lines_of([(name, "f8", (COLUMNS,)) for name in _TALLIED])

AUTHORITY = np.dtype(
    [
        ("line", "u4", (N_QUEUES, MOST_FIRMS)),
        ("head", "i8", (N_QUEUES,)),
        ("waiting", "i8", (N_QUEUES,)),
        ("budget", "f8"),
        ("age", "i8"),
        ("capacity", "f8"),
        ("hold_weeks", "f8"),
        ("examined", "i8"),
        ("approved", "i8"),
        ("first", "i8"),
        ("first_total", "i8"),
        ("wait", "f8"),
        ("examined_total", "i8"),
        ("approved_total", "i8"),
        ("wait_total", "f8"),
        ("queue_total", "f8"),
    ],
    align=True,
)

PROBLEM = lines_of(
    [
        ("count", "i8"),
        ("points", "i8"),
        ("own", "f8"),
        ("asked", "f8", (N_QUESTIONS,)),
        ("found", "f8", (N_QUESTIONS,)),
        ("issue", "i8", (ROOM,)),
        ("owner", "i8", (ROOM,)),
        ("partly", "i8", (ROOM,)),
        *((name, "f8", (ROOM,)) for name in ("benefit", "linear", "convex", "least", "red_line")),
        *((name, "f8", (ROOM,)) for name in ("begin", "end", "bent", "spent", "given")),
        ("point", "f8", (_MOST_BREAKPOINTS,)),
        ("mover", "i8", (_MOST_BREAKPOINTS,)),
        ("value", "f8", (N_SIDES, _MOST_BREAKPOINTS)),
        ("fixed", "f8", (N_SIDES, _MOST_BREAKPOINTS + LANES)),
        ("curve", "f8", (N_SIDES, _MOST_BREAKPOINTS + LANES)),
    ]
)

ASK = np.dtype(list(ASK_ROW), align=True)
OPEN = np.dtype(
    [
        ("week", "i8"),
        ("ask", "i8"),
        ("side", "i8"),
        ("decision", "i8"),
        ("first", "i8"),
        ("second", "i8"),
        ("choice", "i8"),
        ("worth", "f8"),
        ("gain", "f8"),
        ("chance", "f8"),
    ],
    align=True,
)
ACT = np.dtype(list(ACT_ROW), align=True)

STATE = lines_of(
    [
        ("world", WORLD),
        ("sides", SIDE, (N_SIDES,)),
        ("authorities", AUTHORITY, (N_GOODS,)),
        ("issues", ISSUES),
        ("tables", TABLES),
        ("stack", STACK),
        ("groups", GROUPS),
        ("bases", BASES),
        ("minerals", MINERALS),
        ("offers", "f8", (N_TRACKS, N_SIDES, ROOM)),
        ("errors", "f8", (N_SIDES, ROOM)),
        ("problems", PROBLEM, (N_TRACKS * N_SIDES + 1,)),
        ("package", "f8", (ROOM,)),
        ("scratch", "f8", (ROOM,)),
        ("across", "f8", (WEEKS_AHEAD,)),
        ("applications", "u4", (TILE,)),
        ("entities", "i8", (TILE,)),
        ("draws", "f8", (TILE,)),
        ("normals", "f8", (TILE,)),
        ("tallied", TALLIED),
        ("past", "i8", (MOST_CLOSING_WEEKS,)),
        ("recent", "f8", (len(DATED), len(KEPT))),
        ("out", RUN),
        ("open", OPEN),
        ("seen", SIDE, (N_SIDES,)),
        ("seen_world", WORLD),
        ("acts", ACT, (MOST_ACTS,)),
        ("transcript", ASK, (MOST_ASKS,)),
        ("script", ASK, (MOST_ASKS,)),
    ]
)


class State(NamedTuple):
    """The memory of one run.

    ``whole`` has one row of dtype :data:`STATE`: ``offers`` (track, side, issue) are the last
    packages proposed, ``errors`` (side, issue) the log errors of beliefs, ``tables`` what tariffs
    do (:mod:`sim.rules.trade_tables`), ``stack``, ``groups`` and ``bases`` duties in law and the
    facts of trade (:mod:`sim.rules.customs`), ``minerals`` those that are rows, ``problems`` one bargaining problem per track and side plus one of full
    information, ``package``, ``scratch`` and ``applications`` work space, ``across`` what the calendar leaves of waiting, ``entities``, ``draws``
    and ``normals`` a row of draws, ``tallied`` what firms add to the week's sums, ``past`` the
    states of the last weeks, each at its week's remainder, ``recent`` what is left of surprises (:mod:`sim.rules.surprises`), ``out`` the run's
    measures, ``open`` the ask that waits for a person, with ``seen`` and ``seen_world``, both sides
    and the world at that moment, ``acts``, ``transcript`` and ``script`` those of
    :mod:`sim.rules.asks`. ``firms`` is an array of :data:`FIRMS`.
    """

    whole: Any
    firms: Any

    def column(self, name: str) -> np.ndarray:
        """A copy of one quantity of every firm, magnets first, shape (firms,).

        The shape of ``transit`` is (slots, firms).
        """
        return np.concatenate([tile[name][..., : tile["count"]] for tile in self.firms], axis=-1)


def tiles(firms: Any) -> Any:
    """Tiles that a good's firms take; numbers or arrays of them."""
    return -(-firms // TILE)


@formula
def tiles_of(p, good):
    """First tile of a good, and the one after its last."""
    magnets = (p.firms.goods.firms[MAGNETS] + TILE - 1) // TILE
    return (
        (0, magnets)
        if good == MAGNETS
        else (magnets, magnets + (p.firms.goods.firms[CHIPS] + TILE - 1) // TILE)
    )


@formula
def sector_count(p):
    """How many sectors there are, of all goods."""
    return p.firms.goods.sectors.end[N_GOODS - 1]


@formula
def firm_bit(i):
    """The set of firms of a tile that contains only firm ``i``."""
    return np.int64(1) << i


@formula
def round_up_to_lanes(count):
    """``count`` raised to a multiple of the lanes.

    What a loop computes beyond the last entry costs nothing and is never read.
    """
    return (count + LANES - 1) // LANES * LANES


def places(magnets: int, chips: int) -> list[int]:
    """The place of every firm, magnets first."""
    first = TILE * int(tiles(magnets))
    return [*range(magnets), *range(first, first + chips)]


def allocate(count: int) -> State:
    """A state with room for ``count`` tiles of firms, zeroed but for the facts of trade."""
    whole, known = _zeros(1, STATE), facts()
    whole["groups"], whole["bases"] = known.groups, known.bases
    return State(whole, _zeros(count, FIRMS))
