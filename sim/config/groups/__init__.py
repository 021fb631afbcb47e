"""The settings, one module per group; each default is the value of the `london_2025` scenario
unless its source says otherwise.
"""
