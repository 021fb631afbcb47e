"""An interruption that a library drops is sent again while the command runs, and not afterwards."""

from __future__ import annotations

import os
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


PASSES = """
import signal, sys
from sim.verbs.signals import interruptible

with interruptible() as came:
    try:
        exec("signal.raise_signal(signal.SIGTERM)\\nfor _ in range(10): pass", {"signal": signal})
    except KeyboardInterrupt:
        pass
sys.exit(came.exit_code)
"""


def test_an_interruption_of_code_from_text_has_the_code_of_its_signal(tmp_path):
    """Only a module that is run as ``python -m`` ends by what CPython remembers."""
    (tmp_path / "passes.py").write_text(PASSES)
    room = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path[1:]])}
    call = [sys.executable, "-m", "passes"]
    done = subprocess.run(call, env=room, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 128 + signal.SIGTERM


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
