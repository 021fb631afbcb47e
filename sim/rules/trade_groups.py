"""Demand for one group of goods: direct from the partner, transshipped, from third countries.

See docs/trade.md, *Demand of a group*.

Constant elasticities in three nests (Armington 1969; Fajgelbaum, Goldberg, Kennedy, Khandelwal
2020): two routes of the partner's goods, two origins, one group in all spending. Third countries
supply along a slope (Alfaro, Chor 2023). The slope is met to the first order of logs about the
index without it, so that everything is in closed form. Prices and indices are 1 at the base duties.
Powers are exponentials of logs of prices, which are kept as differences from the dearer part of a
nest: the base gives the base bit by bit, and an elasticity of 1 is its limit.

In formulas ``imports`` are the partner's sales at the base duties, transshipped ones too, and
``third`` those of third countries, both in bn USD/yr; ``duty`` is that on the partner and ``third_duty``
that on third countries, ad valorem (0.2 is 20 %), each beside its ``base``; ``pass_through`` is the
share in [0, 1] of a duty that buyers pay; elasticities are absolute. Losses are against the base.
"""

from __future__ import annotations

from sim.rules.compiled import formula, rule
from sim.rules.mathematics import inline_exp, inline_expm1, inline_log, inline_log1p

__all__ = [
    "base_revenue",
    "buyers_loss",
    "dear_by",
    "exporter_loss",
    "government_cost",
    "group_market",
    "importer_loss",
    "inline_market",
    "log_index",
    "price_ratio",
]


@formula
def price_ratio(duty, base_duty, pass_through):
    """Buyers' price over that at the base: (1 + p t) / (1 + p t0)."""
    return (1.0 + pass_through * duty) / (1.0 + pass_through * base_duty)


@formula
def dear_by(route_cost, enforcement):
    """What enforcement does to the price of a transshipped good: (1 + k f) / (1 + k).

    ``route_cost`` k is a share of the price, 0 or more; ``enforcement`` f is 1 as today.
    """
    return (1.0 + route_cost * enforcement) / (1.0 + route_cost)


@formula
def log_index(log_price, second, share, grown, elasticity):
    """Log of the index of two prices of constant elasticity e of substitution.

    ln p + ln(1 + v g) / (1 - e), where p is the first price, v the ``second`` one's ``share`` at
    the base and g (``grown``) the second over the first to the power 1 - e, less 1. At e = 1 its
    limit, the mean of logs.
    """
    apart = 1.0 if elasticity == 1.0 else 1.0 - elasticity
    step = (
        share * (second - log_price) if elasticity == 1.0 else inline_log1p(share * grown) / apart
    )
    return log_price + step


@formula
def buyers_loss(spending, log_price, in_all):
    """What buyers lose to the group's index I, bn USD/yr: E (I**(1 - e) - 1) / (1 - e).

    ``spending`` E is theirs at the base, duties included; at e = 1 it is E ln I.
    """
    z = (1.0 - in_all) * log_price
    return spending * log_price * (1.0 if z == 0.0 else inline_expm1(z) / z)


@formula
def base_revenue(imports, third, base_duty, base_third_duty, route_share):
    """Revenue at the base, bn USD/yr: t0 (1 - r) M + t30 (N + r M)."""
    routed = route_share * imports
    return base_duty * ((1.0 - route_share) * imports) + base_third_duty * (third + routed)


@rule
def group_market(
    imports,
    third,
    duty,
    base_duty,
    third_duty,
    base_third_duty,
    pass_through,
    between,
    in_all,
    third_slope,
    route_share,
    route_elasticity,
    route_cost,
    enforcement,
):
    """:func:`inline_market`, for one group at a time."""
    return inline_market(
        imports,
        third,
        duty,
        base_duty,
        third_duty,
        base_third_duty,
        pass_through,
        between,
        in_all,
        third_slope,
        route_share,
        route_elasticity,
        route_cost,
        enforcement,
    )


@formula
def inline_market(
    imports,
    third,
    duty,
    base_duty,
    third_duty,
    base_third_duty,
    pass_through,
    between,
    in_all,
    third_slope,
    route_share,
    route_elasticity,
    route_cost,
    enforcement,
):
    """What one importer buys of a group at its duties.

    (direct, routed, from third countries, price index, buyers' loss, change of revenue): flows at
    base prices and the last two in bn USD/yr.

    ``between`` is the elasticity between origins, ``in_all`` that of the group in all spending,
    ``third_slope`` the log price a log volume of third countries' supply, 0 or more;
    ``route_share`` in [0, 1) is the transshipped part of ``imports`` at the base,
    ``route_elasticity`` that between routes; for the cost and ``enforcement`` see :func:`dear_by`.
    """
    direct_price = price_ratio(duty, base_duty, pass_through)
    third_price = price_ratio(third_duty, base_third_duty, pass_through)
    log_direct, log_third = inline_log(direct_price), inline_log(third_price)
    routed_price = third_price * dear_by(route_cost, enforcement)
    # routes: the partner's price and the transshipped share of it
    log_routed = inline_log(routed_price)
    grown = inline_expm1((1.0 - route_elasticity) * (log_routed - log_direct))
    log_partner = log_index(log_direct, log_routed, route_share, grown, route_elasticity)
    routed_share = route_share * (1.0 + grown) / (1.0 + route_share * grown)
    # origins: the index, and third countries' price along their supply
    spending = imports * (1.0 + pass_through * base_duty)
    spending_third = third * (1.0 + pass_through * base_third_duty)
    share = spending / (spending + spending_third)
    cheaper = 1.0 - between
    grown = inline_expm1(cheaper * (log_partner - log_third))
    index = log_index(log_third, log_partner, share, grown, between)
    less = between - in_all
    share_third = (1.0 - share) / (1.0 + share * grown)
    log_supply = log_third + (
        third_slope
        * (less * index - between * log_third)
        / (1.0 + third_slope * (between - less * share_third))
    )
    grown = inline_expm1(cheaper * (log_partner - log_supply))
    index = log_index(log_supply, log_partner, share, grown, between)
    # what is bought: the partner's goods at base prices of their index, then by route
    bundle = imports * inline_exp(cheaper * log_partner + less * index)
    direct = bundle * (1.0 - routed_share) / direct_price
    routed = bundle * routed_share / routed_price
    bought = third * inline_exp(less * index - between * log_supply)
    revenue = duty * direct + third_duty * (bought + routed)
    return (
        direct,
        routed,
        bought,
        inline_exp(index),
        buyers_loss(spending + spending_third, index, in_all),
        revenue - base_revenue(imports, third, base_duty, base_third_duty, route_share),
    )


@formula
def importer_loss(buyers, revenue_change):
    """The importer's loss of real income, bn USD/yr: buyers' loss less the change of revenue."""
    return buyers - revenue_change


@formula
def government_cost(buyers, revenue_change, lost, revenue_weight, protection_weight):
    """What a duty costs the importing government in its own objective, bn USD/yr.

    Buyers' loss - ``revenue_weight`` (R - R0) - ``protection_weight`` ``lost``, where ``lost`` is
    M - D, what the partner no longer sells directly (Grossman, Helpman 1994).
    """
    return buyers - revenue_weight * revenue_change - protection_weight * lost


@formula
def exporter_loss(
    imports, direct, routed, duty, base_duty, pass_through, route_share, export_margin
):
    """What the partner's exporters lose, bn USD/yr: the margin on lost sales and the price cut.

    m (M - D - T) + (1 - p) (t D - t0 (1 - r) M); ``export_margin`` m is a share of sales in [0, 1].
    """
    kept = base_duty * ((1.0 - route_share) * imports)
    return export_margin * (imports - direct - routed) + (1.0 - pass_through) * (
        duty * direct - kept
    )
