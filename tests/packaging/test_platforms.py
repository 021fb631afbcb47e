"""Without the modules that only POSIX has, the whole package is imported, and runs, sweeps,
resumes, reproduces and bundles.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POSIX_ONLY = (
    "fcntl",
    "grp",
    "pwd",
    "resource",
    "termios",
    "tty",
    "pty",
    "syslog",
    "crypt",
    "nis",
    "spwd",
)
BLOCKED = """
import os, sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "O_CLOEXEC", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)

import pkgutil
from importlib import import_module
from pathlib import Path
import sim
from sim.cli import main

found = [module.name for module in pkgutil.walk_packages(sim.__path__, "sim.")]
for name in found:
    if not name.endswith("__main__"):  # those run
        import_module(name)

quiet = ["figures.draw=false", "weeks=30"]
Path("w.yaml").write_text("name: small\\nkind: grid\\nfactors:\\n  linkage.cn: {values: [0.0, 1.0]}\\nruns: 300\\n")
assert main(["run", "runs=3", "out=o", *quiet]) == 0
assert main(["sweep", "sweep_file=w.yaml", "out=o", *quiet]) == 0
(run,), (sweep,) = (list(Path("o", verb).iterdir()) for verb in ("run", "sweep"))
(sweep / "manifest.json").unlink()
sorted((sweep / "runs").iterdir())[0].unlink()
assert main(["sweep", f"resume={sweep}", "figures.draw=false"]) == 0
for folder in (run, sweep):
    assert main(["reproduce", str(folder)]) == 0
    assert main(["bundle", str(folder)]) == 0
    assert main(["reproduce", f"{folder}.zip"]) == 0
assert all(sys.modules[name] is None for name in sys.argv[1].split(","))
print("imported", len(found))
"""


def test_everything_works_without_the_modules_that_only_posix_has(tmp_path: Path) -> None:
    words = [sys.executable, "-W", "ignore", "-c", BLOCKED, ",".join(POSIX_ONLY)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.splitlines()[-1].startswith("imported ")
