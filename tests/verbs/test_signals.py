"""An interruption that a library drops is sent again while the command runs, and not afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

DROPS = """
import signal, sys, time
from sim.verbs.signals import interruptible

class Dropped:
    def __del__(self):
        raise KeyboardInterrupt

with interruptible() as came:
    came.number = signal.SIGHUP
    Dropped()
    {during}
{after}
sys.exit(came.exit_code)
"""


def _code(during: str, after: str) -> int:
    text = DROPS.format(during=during, after=after)
    return subprocess.run([sys.executable, "-c", text], timeout=60, check=False).returncode


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system has no SIGHUP")
def test_a_dropped_interruption_does_not_end_the_process_after_the_command():
    assert _code("pass", "time.sleep(0.3)") == 128 + signal.SIGHUP


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system has no SIGHUP")
def test_a_dropped_interruption_comes_again_while_the_command_runs():
    began = time.monotonic()
    during = "\n    ".join(("try:", "    time.sleep(30)", "except KeyboardInterrupt:", "    pass"))
    assert _code(during, "") == 128 + signal.SIGHUP
    assert time.monotonic() - began < 25
