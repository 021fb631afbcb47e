"""Settings of a scenario: their declaration, one check for every way in, and the record of numbers
that rules read.
"""
