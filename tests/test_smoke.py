import pytest

from heluo.kernel.people.models import Account


@pytest.mark.django_db
def test_db():
    assert Account.objects.count() == 0
