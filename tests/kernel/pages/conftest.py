"""People to sign in as."""

import pytest
from django.test import Client

from heluo.kernel.actors.enums import Role
from tests.accounts import PASSWORD, MakeAccount, _fresh_counters, make_account, school, signed_in, teacher

__all__ = ["_fresh_counters", "make_account", "school", "signed_in", "teacher"]


@pytest.fixture
def operator(client: Client, make_account: MakeAccount) -> Client:
    """A browser in which somebody of operations signed in."""
    make_account("operator1", Role.OPERATOR)
    client.post("/accounts/login/", {"login": "operator1", "password": PASSWORD})
    return client
