"""``python -m benchmarks.licences [RUNS] [SEED]``: 300 runs of seed 1 unless said."""

from __future__ import annotations

import sys

from benchmarks.licences import lines

_USUAL = (300, 1)

if __name__ == "__main__":
    words = sys.argv[1:]
    runs, seed = (*map(int, words), *_USUAL[len(words) :])
    for line in lines(runs, seed):
        print(line, flush=True)
