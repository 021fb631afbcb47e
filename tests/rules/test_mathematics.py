"""Our own transcendental functions against the C library and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sim.rules.mathematics import (
    clip,
    count_bits,
    exp,
    inline_expm1,
    inline_log1p,
    log,
    logistic,
    lowest_bit,
    normal_quantile,
    normal_quantiles,
    power,
)


def ulps(ours: float, theirs: float) -> float:
    return abs(ours - theirs) / math.ulp(theirs) if theirs else abs(ours)


@given(st.floats(-700.0, 700.0))
def test_exp_is_within_two_ulps_of_the_c_library(x: float) -> None:
    assert ulps(exp(x), math.exp(x)) <= 2.0


@given(st.floats(1e-300, 1e300))
def test_log_is_within_two_ulps_of_the_c_library(x: float) -> None:
    assert ulps(log(x), math.log(x)) <= 2.0


@given(st.one_of(st.floats(-1e-3, 1e-3), st.floats(-0.2, 0.2), st.floats(-30.0, 30.0)))
def test_the_exponential_less_one_keeps_its_digits(x: float) -> None:
    assert inline_expm1(x) == pytest.approx(math.expm1(x), rel=3e-15, abs=0.0)


@given(st.one_of(st.floats(-1e-3, 1e-3), st.floats(-0.9, 1e3)))
def test_the_logarithm_of_one_more_keeps_its_digits(y: float) -> None:
    assert inline_log1p(y) == pytest.approx(math.log1p(y), rel=2e-15, abs=0.0)


@given(st.floats(1e-3, 1e3), st.floats(-10.0, 10.0))
def test_power_agrees_with_the_c_library(x: float, y: float) -> None:
    assert power(x, y) == pytest.approx(x**y, rel=1e-13)


@given(st.floats(1e-16, 1.0 - 1e-15))
def test_normal_quantile_agrees_with_scipy(u: float) -> None:
    assert normal_quantile(u) == pytest.approx(float(norm.ppf(u)), rel=1e-12, abs=1e-14)


def test_edges_are_those_of_the_functions() -> None:
    assert exp(0.0) == 1.0
    assert exp(-800.0) == 0.0
    assert exp(800.0) == math.inf
    assert log(1.0) == 0.0
    assert log(0.0) == -math.inf
    assert math.isnan(log(-1.0))
    assert power(0.0, 0.5) == 0.0
    assert power(0.0, 0.0) == 1.0
    assert logistic(0.0) == 0.5
    assert normal_quantile(0.5) == 0.0


@given(st.floats(-50, 50))
def test_logistic_is_symmetric(x: float) -> None:
    assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=1e-15)


@given(st.floats(-10, 10), st.floats(-5, 0), st.floats(0, 5))
def test_clip_stays_within_its_limits(x: float, low: float, high: float) -> None:
    assert low <= clip(x, low, high) <= high
    assert clip(x, low, high) == min(max(x, low), high)


@given(st.floats(-745.0, 709.7))
def test_scaling_by_bits_is_that_of_the_c_library(x: float) -> None:
    """exp puts mantissa and exponent together itself: the same number as ldexp, below the normal
    range too.
    """
    y = exp(x)
    m, k = math.frexp(y)
    assert y == math.ldexp(m, k)
    assert y == pytest.approx(math.exp(x), rel=1e-15, abs=5e-324)


@given(st.floats(5e-324, 1.7e308))
def test_splitting_by_bits_is_that_of_the_c_library(x: float) -> None:
    assert ulps(log(x), math.log(x)) <= 2.0 or abs(log(x) - math.log(x)) < 1e-16


@given(st.integers(1, 2**64 - 1))
def test_the_lowest_bit_and_the_count_of_bits(mask: int) -> None:
    signed = np.uint64(mask).astype(np.int64)
    assert lowest_bit(signed) == (mask & -mask).bit_length() - 1
    assert count_bits(signed) == mask.bit_count()


@given(st.lists(st.floats(1e-15, 1 - 1e-15), min_size=1, max_size=64))
def test_a_row_of_quantiles_is_the_quantiles_one_by_one(draws: list[float]) -> None:
    given_draws, row = np.full(64, 0.5), np.zeros(64)
    given_draws[: len(draws)] = draws
    normal_quantiles(given_draws, len(draws), row)
    assert row[: len(draws)].tolist() == [normal_quantile(u) for u in draws]
