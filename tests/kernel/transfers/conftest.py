"""Contents, and somebody who may have them brought."""

from hashlib import sha256
from pathlib import Path

import pytest
from pytest_django import Settings

from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.transfers.access import Permission
from heluo.kernel.transfers.vocabulary import Wanted
from tests.kernel.nodes.conftest import node, other

__all__ = ["node", "other"]

FETCHER: Actor = platform_actor("transfers", {Permission.FETCH})
TEXT = "第一课 小数乘整数\n".encode() * 40


def hashed(content: bytes) -> str:
    return sha256(content).hexdigest()


def wanted(content: bytes = TEXT, name: str = "教案.txt", href: str = "") -> Wanted:
    return Wanted(sha256=hashed(content), size=len(content), name=name, media_type="text/plain", href=href)


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    settings.DATA = folder
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None
    return folder
