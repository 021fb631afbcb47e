"""Questions put to results: outcome shares with intervals, the life of truces, the answer in a line. Nothing here runs a model."""
