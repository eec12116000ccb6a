"""Who acts is asked once; what nobody opened stays closed."""

from django.test import Client
from pytest_django import DjangoAssertNumQueries

ME = "/api/v1/me"


def test_session_account_with_person_and_posts_are_three_queries(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        signed_in.get("/account/")


def test_a_page_view_writes_nothing(signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3) as captured:
        signed_in.get("/account/")
    assert all(query["sql"].startswith("SELECT") for query in captured.captured_queries)


def test_strangers_are_sent_to_sign_in_and_come_back(client: Client, db: None) -> None:
    assert client.get("/account/?tab=1")["Location"] == "/accounts/login/?next=/account/%3Ftab%3D1"


def test_a_fragment_sends_its_whole_page_to_sign_in(client: Client, db: None) -> None:
    answer = client.get(
        "/account/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/somewhere/?q=1"}
    )
    assert answer["HX-Redirect"] == "/accounts/login/?next=/somewhere/%3Fq%3D1"


def test_pages_of_a_person_are_not_kept_by_caches(signed_in: Client) -> None:
    assert signed_in.get("/account/")["Cache-Control"] == "private, no-cache"
