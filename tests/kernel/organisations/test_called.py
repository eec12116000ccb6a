"""Which organisation somebody means by what they typed."""

from datetime import timedelta

import pytest

from heluo.kernel.actors.enums import Role
from heluo.kernel.organisations.errors import OrganisationNotClear, OrganisationUnknown
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import organisation_called
from tests.register import CITY, CLERK, COUNTY, TODAY, actor_at, bureau, bureaus, school


@pytest.fixture(autouse=True)
def _register(db: None) -> None:
    bureaus()
    school("2141970001", "示例小学")


def called(text: str) -> Organisation:
    return organisation_called(CLERK, text, on=TODAY)


def test_a_full_name_a_school_code_and_a_region_code_all_say_it() -> None:
    assert called("410000").name == called(" 河南省教育厅 ").name == "河南省教育厅"
    assert called("2141970001") == called("示例小学")


def test_a_part_of_a_name_is_answered_with_what_comes_close() -> None:
    with pytest.raises(OrganisationNotClear) as refused:
        called("教育厅")
    assert "河南省教育厅（410000）" in str(refused.value)


def test_two_of_the_same_name_are_told_apart_by_their_codes() -> None:
    school("2141970002", "示例小学", county="410324")
    with pytest.raises(OrganisationNotClear) as refused:
        called("示例小学")
    assert "2141970001" in str(refused.value)
    assert "2141970002" in str(refused.value)
    assert called("2141970002").region.code == "410324"


@pytest.mark.parametrize("text", ["", "  ", "九天揽月", "999999"])
def test_what_nobody_is_called_is_not_found(text: str) -> None:
    with pytest.raises(OrganisationUnknown):
        called(text)


def test_the_closed_and_the_unseen_are_not_there() -> None:
    there = called("示例小学")
    with pytest.raises(OrganisationUnknown):
        organisation_called(actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)), "河南省教育厅", on=TODAY)
    Organisation.objects.filter(pk=there.pk).update(closed_on=TODAY - timedelta(days=1))
    with pytest.raises(OrganisationUnknown):
        organisation_called(actor_at(Role.CITY_OFFICER, bureau(CITY)), "示例小学", on=TODAY)
