"""A holding that is neither kept for a reason nor erasable cannot be declared."""

from datetime import datetime
from uuid import UUID

import pytest

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.clock.public import now
from heluo.kernel.holdings.public import all_holdings, holding


def _nothing(*, by: Actor, person: UUID, now: datetime) -> int:  # the shape of an eraser
    return 0


def test_a_holding_says_why_it_is_kept_or_how_it_is_erased() -> None:
    with pytest.raises(ValueError, match="either why it is kept or how it is erased"):
        holding("test.neither", title="", columns=())
    with pytest.raises(ValueError, match="either why it is kept or how it is erased"):
        holding("test.both", title="", columns=(), kept="因为", erase=_nothing)


@pytest.mark.django_db
@pytest.mark.parametrize("key", [one.key for one in all_holdings() if one.erase])
def test_nobody_erases_without_the_permission_that_no_role_has(key: str) -> None:
    [erase] = [one.erase for one in all_holdings() if one.key == key]
    assert erase is not None
    with pytest.raises(NotAllowed):
        erase(by=PUBLIC_ACTOR, person=UUID(int=1), now=now())
