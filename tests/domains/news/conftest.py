"""A data folder for covers."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.accounts import _fresh_counters, make_account, school

__all__ = ["_fresh_counters", "make_account", "school"]


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None
