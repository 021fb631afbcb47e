"""Figures and the report: tidy data in, a matplotlib Figure out; :mod:`sim.figures.draw` draws all
that fits a result.
"""
