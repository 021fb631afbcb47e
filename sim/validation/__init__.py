"""Known answers and patterns of the record (docs/validation.md), recomputed and reported whether
met or not.
"""
