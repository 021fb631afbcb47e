"""Analysis of results: outcome shares with intervals, how long truces last, the answer in one line.
Nothing here runs a model.
"""
