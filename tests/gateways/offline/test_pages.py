"""What operators see of packages, and how a phone comes to trust a box."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from heluo.gateways.offline.models import Package
from heluo.kernel.actors.enums import Role
from heluo.site.certificates import make_certificate
from tests.accounts import MakeAccount
from tests.gateways.offline.conftest import NOW, Desk

pytestmark = pytest.mark.django_db
LIST = "/operations/packages/"


@pytest.fixture
def operator(make_account: MakeAccount) -> Client:
    browser = Client()
    browser.force_login(make_account("operator1", Role.OPERATOR))
    return browser


def written(number: int) -> None:
    Package.objects.create(
        uuid=f"00000000-0000-0000-0000-{number:012d}",
        state="written",
        node="jd01.luoyang.example",
        number=number,
        folder=f"/media/stick/heluo-hub.example-{number}",
        part_size=2**31,
        entries=7,
        made_at=NOW,
        left_out=[{"name": "没有带上的课.pdf", "reason": "not_here"}],
    )


def test_an_operator_sees_what_was_written_and_taken_in(desk: Desk, operator: Client) -> None:
    desk.publish(1)
    folder = desk.export()
    desk.take(folder)
    written(2)
    page = operator.get(LIST).content.decode()
    to, by = "第 1 号包，给任何节点", "来自 hub.example 的第 1 号包"
    for said in (to, by, "给 jd01.luoyang.example", "没有带上的课.pdf"):
        assert said in page


def test_the_list_costs_the_same_for_one_and_for_three(operator: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(LIST).status_code == 200
        return len(captured)

    written(1)
    operator.get(LIST)
    one = statements()
    written(2)
    written(3)
    assert statements() == one


@pytest.mark.parametrize("role", [Role.TEACHER, Role.PROVINCE_ADMIN])
def test_nobody_else_does(make_account: MakeAccount, role: Role) -> None:
    browser = Client()
    browser.force_login(make_account("stranger1", role))
    assert browser.get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_a_phone_gets_the_certificate_and_what_to_compare(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    assert client.get("/phone/").status_code == 404, "a platform without an authority of its own has nothing to trust"
    assert client.get("/phone/heluo-ca.crt").status_code == 404
    _place, _key, authority = make_certificate(
        tmp_path / "keys", ["box.lan"], node="box.example", now=datetime.now(UTC)
    )
    given = client.get("/phone/heluo-ca.crt")
    assert given.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert x509.load_der_x509_certificate(given.content) == x509.load_pem_x509_certificate(authority.read_bytes())
    digits = sha256(given.content).hexdigest().upper()
    shown = ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    assert shown in client.get("/phone/").content.decode()
