"""Measured speed: `python -m benchmarks`; ratios within one run on one machine, never an assertion
on a wall time.
"""
