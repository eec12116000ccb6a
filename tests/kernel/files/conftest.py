"""Who brings files, and a data folder of their own for every test."""

from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.public import WHOLE_TREE, Actor, Grant, platform_actor
from heluo.kernel.files.access import Permission


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path / "data"
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None
    return settings.DATA


def person(name: str = "示例教师", *permissions: str) -> Actor:
    """Somebody who may upload."""
    return Actor(
        kind=ActorKind.PERSON,
        name=name,
        person_id=uuid4(),
        grants=frozenset(Grant(str(each), WHOLE_TREE) for each in permissions or (Permission.UPLOAD,)),
    )


@pytest.fixture
def teacher() -> Actor:
    return person()


@pytest.fixture
def platform() -> Actor:
    return platform_actor("files", Permission)
