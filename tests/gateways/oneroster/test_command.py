"""`heluo oneroster client`: how an operator names an organisation."""

import click
import pytest

from heluo.site.commands.oneroster import organisation_called
from tests.gateways.oneroster.conftest import Register
from tests.register import COUNTY


def test_an_organisation_by_code_region_or_id(register: Register) -> None:
    assert organisation_called(register.here.code or "") == register.here
    assert organisation_called(COUNTY) == register.county
    assert organisation_called(str(register.there.uuid)) == register.there


@pytest.mark.parametrize("text", ["", "999999", "9999999999", "x", "00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_said(text: str, register: Register) -> None:
    with pytest.raises(click.ClickException):
        organisation_called(text)
