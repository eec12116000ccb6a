"""Who may follow the checks of a file."""

from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest

from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.files.listeners import own_files
from heluo.kernel.files.public import store_file
from tests.kernel.files.conftest import person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_only_who_brought_a_file_may_follow_it(teacher: Actor) -> None:
    file = store_file(by=teacher, name="牡丹.txt", content=BytesIO("洛阳牡丹甲天下。".encode()), now=NOW)
    assert own_files(teacher, str(file.uuid))
    assert not own_files(person(), str(file.uuid))
    assert not own_files(PUBLIC_ACTOR, str(file.uuid))
    assert not own_files(teacher, str(uuid4()))
    assert not own_files(teacher, "no-uuid")
