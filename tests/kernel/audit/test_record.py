"""Audit rows are written with the action and cannot be changed."""

from datetime import UTC, datetime

import pytest
import structlog
from django.db import IntegrityError, connection, transaction

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.audit.public import Difference, Subject, record, record_batch

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
CLERK = platform_actor("测试员", ())
LAMP = Subject(kind="lamp", id="7", title="路灯七号", path="1.5.")


@pytest.mark.django_db
def test_a_row_says_who_did_what_to_what_and_from_where() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1", ip="127.0.0.9"):
        record(by=CLERK, at=NOON, deed="tests.lamp_lit", subject=LAMP, details={"watts": 60})
    row = AuditRow.objects.get()
    assert (row.by_name, row.deed, row.subject_title, row.path) == ("测试员", "tests.lamp_lit", "路灯七号", "1.5.")
    assert (row.details, row.request_id, row.ip, row.at) == ({"watts": 60}, "r-1", "127.0.0.9", NOON)


@pytest.mark.django_db
def test_a_batch_is_one_row_with_the_difference_of_each_thing() -> None:
    record_batch(
        by=CLERK,
        at=NOON,
        deed="tests.lamps_lit",
        subject=LAMP,
        differences=[Difference("1", {"on": False}, {"on": True}), Difference("2", None, {"on": True})],
    )
    row = AuditRow.objects.get()
    assert row.differences_count == 2
    assert [(item.subject_id, item.before) for item in row.differences.order_by("position")] == [
        ("1", {"on": False}),
        ("2", None),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditrow SET by_name = '别人'", "DELETE FROM audit_auditrow"],
)
def test_the_database_refuses_to_change_the_log(statement: str) -> None:
    record(by=CLERK, at=NOON, deed="tests.lamp_lit", subject=LAMP)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditRow.objects.get().by_name == "测试员"
