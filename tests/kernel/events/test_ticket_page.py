"""The address that answers where to follow one's topics live."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_the_public_is_sent_to_sign_in() -> None:
    assert Client().get(reverse("pages:live_ticket")).status_code in {302, 401}
