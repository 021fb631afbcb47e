"""``python -m sim.page`` (``make page``): build the workshop page into the package."""

from __future__ import annotations

import sys

from sim.browser.module import load_module
from sim.config.errors import DONE, SimError
from sim.page.build import build, built_page

__all__ = ["main"]


def main() -> int:
    """Build, and print where; the exit code."""
    try:
        html = build(load_module())
    except SimError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code
    print(f"{built_page()}: {len(html.encode()):,} bytes")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
