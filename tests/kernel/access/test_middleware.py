"""Who acts is asked once; what nobody opened stays closed."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.people.models import Account

PLAIN_PAGE = "/accounts/password/change/"
"""A page that asks the database nothing of its own."""


def test_session_account_with_person_posts_and_the_bell_are_four_queries(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        signed_in.get(PLAIN_PAGE)


def test_a_page_view_writes_nothing(signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(4) as captured:
        signed_in.get(PLAIN_PAGE)
    assert all(query["sql"].startswith("SELECT") for query in captured.captured_queries)


def test_strangers_are_sent_to_sign_in_and_come_back(client: Client, db: None) -> None:
    assert client.get("/account/?tab=1")["Location"] == "/accounts/login/?next=/account/%3Ftab%3D1"


def test_a_fragment_sends_its_whole_page_to_sign_in(client: Client, db: None) -> None:
    answer = client.get(
        "/account/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/somewhere/?q=1"}
    )
    assert answer["HX-Redirect"] == "/accounts/login/?next=/somewhere/%3Fq%3D1"


def test_the_account_page_costs_the_same_with_more_of_everything(
    signed_in: Client, teacher: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(10):
        signed_in.get("/account/")
    for name in ("a", "b", "c"):
        Authenticator.objects.create(user=teacher, type=Authenticator.Type.WEBAUTHN, data={"name": name})
    with django_assert_num_queries(10):
        assert "3 个。" in signed_in.get("/account/").content.decode()


def test_pages_of_a_person_are_not_kept_by_caches(signed_in: Client) -> None:
    assert signed_in.get("/account/")["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "path", ["/account/?next=%00", "/codes/%00/x/", "/api/v1/me?x=%00", "/account/children/?a=b&c=%00"]
)
def test_a_text_no_database_can_hold_is_refused_at_the_door(signed_in: Client, path: str) -> None:
    assert signed_in.get(path).status_code in {400, 404}
