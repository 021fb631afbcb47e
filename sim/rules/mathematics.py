"""The transcendental functions of all rules.

Exponential, logarithm, power, logistic, normal quantile.

Only + - * /, square roots and exact scaling by powers of two are used, so the bits do not depend on
the C library, SIMD or fused multiply-add. exp and log follow the argument reductions and minimax
polynomials of FreeBSD's msun (Ng 1993, error below 1 ulp); the normal quantile is Wichura's AS 241
(1988, relative error about 1e-16). Splitting a number into mantissa and exponent and putting it
together again are operations on its bits (IEEE 754), so that compiled rules ask nothing of the
platform.

The ``inline_`` formulas are the same functions for loops that treat several numbers at once.
"""

from __future__ import annotations

import math

import numpy as np

from sim.rules.compiled import formula, rule
from sim.rules.state import round_up_to_lanes

__all__ = [
    "clip",
    "count_bits",
    "exp",
    "exp_less_one_over",
    "exps",
    "inline_exp",
    "inline_expm1",
    "inline_log",
    "inline_log1p",
    "inline_power",
    "log",
    "logistic",
    "lowest_bit",
    "normal_quantile",
    "normal_quantiles",
    "power",
]

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LN2_INVERSE = 1.44269504088896338700
_SQRT_HALF = 0.70710678118654752440
_CENTRAL = 0.425  # AS 241's middle region, distance from 1/2
_LEAST_NORMAL = 2.2250738585072014e-308
# of an exponent: beyond, a difference of exponentials loses no more than one digit
_SMALL = 0.1
_MANTISSA = 0x000FFFFFFFFFFFFF
_HALF = 0x3FE0000000000000  # the bits of 1/2
_BIAS, _MANTISSA_BITS = 1023, 52


@formula
def clip(x, low, high):
    """``x`` clipped to [``low``, ``high``].

    In two steps, each of which is one instruction of a processor.
    """
    raised = low if low > x else x
    return high if high < raised else raised


@formula
def _two_to(k):
    """2**k for a whole k from -1022 to 1023.

    The number with that exponent and an empty mantissa.
    """
    return np.int64((k + _BIAS) << _MANTISSA_BITS).view(np.float64)


@formula
def _split(x):
    """(m, k) with x = m 2**k and m in [1/2, 1), for finite x > 0."""
    shift = 0
    if x < _LEAST_NORMAL:
        x, shift = x * 18014398509481984.0, 54  # 2**54 makes any subnormal number a normal one
    bits = np.float64(x).view(np.int64)
    return np.int64((bits & _MANTISSA) | _HALF).view(np.float64), (bits >> _MANTISSA_BITS) - (
        _BIAS - 1
    ) - shift


@formula
def lowest_bit(mask):
    """Place, 0 to 63, of the lowest bit of a mask other than 0.

    The exponent of that bit as a number.
    """
    return ((np.float64(mask & -mask).view(np.int64) >> _MANTISSA_BITS) & 0x7FF) - _BIAS


@formula
def count_bits(mask):
    """Bits that are set in a mask."""
    count = 0
    while mask != 0:
        mask &= mask - 1
        count += 1
    return count


@rule
def exp(x):
    """e**x; 0 below -745, infinity above 709.78."""
    return inline_exp(x)


@formula
def inline_exp(x):
    """e**x."""
    if x > 709.78:
        return math.inf
    if x < -745.0:
        return 0.0
    k = math.floor(x * _LN2_INVERSE + 0.5)
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t
            * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    half = int(k) >> 1  # in two steps, so that a result below the normal range is rounded once
    return y * _two_to(half) * _two_to(int(k) - half)


@formula
def exp_less_one_over(z):
    """(exp(z) - 1) / z for abs(z) < 0.1: its Taylor series, whose tenth power is below 1e-17."""
    return 1.0 + z / 2.0 * (
        1.0
        + z
        / 3.0
        * (
            1.0
            + z
            / 4.0
            * (
                1.0
                + z / 5.0 * (1.0 + z / 6.0 * (1.0 + z / 7.0 * (1.0 + z / 8.0 * (1.0 + z / 9.0))))
            )
        )
    )


@formula
def inline_expm1(x):
    """e**x - 1, without the loss of digits of that difference where x is small."""
    return x * exp_less_one_over(x) if abs(x) < _SMALL else inline_exp(x) - 1.0


@rule
def exps(numbers, count):
    """Replace the first ``count`` numbers by e to their power, several at once."""
    for j in range(round_up_to_lanes(count)):
        numbers[j] = inline_exp(numbers[j])


@rule
def log(x):
    """Natural logarithm; minus infinity at 0, NaN below."""
    return inline_log(x)


@formula
def inline_log(x):
    """Natural logarithm."""
    if x <= 0.0:
        return -math.inf if x == 0.0 else math.nan
    if x == math.inf:
        return x
    m, k = _split(x)
    if m < _SQRT_HALF:
        m = m * 2.0
        k = k - 1
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (
        3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    )
    odd = z * (
        6.666666666666735130e-01
        + w
        * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (odd + even)) + k * _LN2_LOW)) - f)


@formula
def inline_log1p(y):
    """Natural logarithm of 1 + y.

    What the sum loses of a small y is given back in proportion (Kahan; Higham 2002, section 1.14).
    """
    u = 1.0 + y
    return y if u == 1.0 else inline_log(u) * (y / (u - 1.0))


@rule
def power(x, y):
    """x**y for x >= 0."""
    return inline_power(x, y)


@formula
def inline_power(x, y):
    """x**y for x >= 0."""
    if y == 0.0:
        return 1.0
    if x <= 0.0:
        return 0.0 if y > 0.0 else math.inf
    return inline_exp(y * inline_log(x))


@rule
def logistic(x):
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + exp(-x))


@formula
def _polynomial(x, a7, a6, a5, a4, a3, a2, a1, a0):
    """The polynomial a7 x**7 + ... + a1 x + a0, by Horner's rule."""
    return ((((((a7 * x + a6) * x + a5) * x + a4) * x + a3) * x + a2) * x + a1) * x + a0


# fmt: off
@formula
def _central(r):
    """AS 241's ratio within 0.425 of the median."""
    return _polynomial(
        r, 2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    ) / _polynomial(
        r, 5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
    )


@formula
def _near_tail(r):
    """AS 241's ratio for tails down to exp(-25)."""
    return _polynomial(
        r, 7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    ) / _polynomial(
        r, 1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0,
    )


@formula
def _far_tail(r):
    """AS 241's ratio beyond."""
    return _polynomial(
        r, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    ) / _polynomial(
        r, 2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0,
    )
# fmt: on


@rule
def normal_quantile(u):
    """Standard normal quantile of a probability strictly between 0 and 1 (AS 241, PPND16)."""
    q = u - 0.5
    return q * _central(0.180625 - q * q) if abs(q) <= _CENTRAL else _tail(u)


@rule
def normal_quantiles(draws, count, normals):
    """The quantiles of the first ``count`` draws.

    All as if they were central, several at once, then the tails one by one.
    """
    for j in range(round_up_to_lanes(count)):
        q = draws[j] - 0.5
        normals[j] = q * _central(0.180625 - q * q)
    for j in range(count):
        if abs(draws[j] - 0.5) > _CENTRAL:
            normals[j] = _tail(draws[j])


@rule
def _tail(u):
    """The quantile of a probability further than 0.425 from one half."""
    r = math.sqrt(-log(u if u < 0.5 else 1.0 - u))
    tail = _near_tail(r - 1.6) if r <= 5.0 else _far_tail(r - 5.0)
    return -tail if u < 0.5 else tail
