"""``python -m sim``: the same as the command ``tariffsim``."""

import signal
import sys

signal.signal(
    signal.SIGINT, signal.SIG_DFL
)  # until there is work that an interruption has to leave in order

from sim.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
