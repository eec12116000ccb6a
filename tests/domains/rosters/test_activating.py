"""Activation codes on class sheets: made once, hashed, for those only who wait."""

import io

import pypdfium2
import pytest
from django.urls import reverse

from heluo.domains.rosters.actions import confirm_batch, print_class_sheets
from heluo.domains.rosters.enums import Choice
from heluo.domains.rosters.errors import NothingToPrint
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.people.models import Account, Activation
from heluo.kernel.people.public import activate_account
from tests.domains.rosters.made import (
    GUARDIANS,
    PUPILS,
    Book,
    Office,
    checked,
    guardian,
    imported,
    name,
    pupil,
)
from tests.register import NOON, OTHER_COUNTY, actor_at, browser, school

ADDRESS = "http://localhost/activate"


def filled(office: Office) -> None:
    batch = checked(office, Book({PUPILS: [pupil(1), pupil(2)], GUARDIANS: [guardian(1, 1)]}))
    confirm_batch(by=office.by, batch=batch, choice=Choice.ALL, now=NOON)
    imported(batch)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def printed(office: Office, **more: bool) -> bytes:
    return print_class_sheets(
        by=office.by, school=office.school, classes=[office.klass], address=ADDRESS, now=NOON, **more
    )


def test_a_printed_code_activates_the_account(office: Office) -> None:
    filled(office)
    text = text_of(printed(office, with_guardians=True))
    account = Account.objects.get(person__name=name(1))
    line = next(line for line in text.splitlines() if account.username in line)
    code = line.split()[-1]
    assert Activation.objects.count() == 3
    assert code.replace("-", "") not in str(list(Activation.objects.values()))
    activate_account(username=account.username, code=code, password="huanghe-luoshui-2026", now=NOON)
    assert account.username not in text_of(printed(office))
    assert AuditRow.objects.filter(deed="people.activation_codes_issued").count() == 2


def test_nothing_to_print_and_strangers(office: Office) -> None:
    with pytest.raises(NothingToPrint):
        printed(office)
    elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
    stranger = actor_at(Role.SCHOOL_ADMIN, elsewhere)
    with pytest.raises(NotAllowed):
        print_class_sheets(by=stranger, school=office.school, classes=[], address=ADDRESS, now=NOON)


def test_the_page_answers_with_a_pdf_that_is_not_kept(office: Office) -> None:
    filled(office)
    client = browser(office.clerk)
    address = f"{reverse('rosters:activation')}?school={office.school.uuid}"
    assert "2 人等待激活" in client.get(address).content.decode()
    answer = client.post(address, {"pupils": "on", "class": [str(office.klass.uuid)]})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.content.startswith(b"%PDF")
    elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
    assert client.get(f"{reverse('rosters:activation')}?school={elsewhere.uuid}").status_code == 404
