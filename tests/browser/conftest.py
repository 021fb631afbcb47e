"""A folder in which no module was built."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.browser.module import built_folder


@pytest.fixture(scope="session")
def unbuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nothing_built")
    assert folder != built_folder()
    return folder
