"""``python -m sim.browser`` (``make wasm``): build the WebAssembly module of the rules, unless it
is up to date.
"""

from __future__ import annotations

import sys

from sim.browser.build import CODE, build
from sim.browser.module import built_folder, is_current
from sim.config.errors import DONE, SimError

__all__ = ["main"]


def main() -> int:
    """Build, and print where; the exit code."""
    folder = built_folder()
    if is_current(folder):
        print(f"{CODE} is up to date: {(folder / CODE).stat().st_size:,} bytes")
        return DONE
    try:
        description = build(folder)
    except SimError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code
    print(
        f"{CODE}: {description['bytes']:,} bytes, {len(description['settings'])} settings described"
    )
    return DONE


if __name__ == "__main__":
    sys.exit(main())
