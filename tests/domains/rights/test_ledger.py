"""What happened to works stands once, in rows that only grow and that the audit chain holds."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from heluo.domains.resources.actions import derive_resource, describe_draft, submit_resource
from heluo.domains.resources.actions.drafting import Description
from heluo.domains.resources.models import Resource
from heluo.domains.rights.actions import Noted, follow_catalogue, note_events
from heluo.domains.rights.enums import EventKind, LedgerFault
from heluo.domains.rights.models import RightsEvent
from heluo.domains.rights.public import note_purchase
from heluo.domains.rights.queries import verify_ledger
from heluo.engines.catalogue.models import Entry
from heluo.kernel.audit.models import AuditDifference
from heluo.kernel.audit.sealer import Sealer
from heluo.kernel.events.models import Horizon
from heluo.kernel.events.public import advance_horizon
from tests.domains.rights.conftest import House, entry_of
from tests.domains.rights.test_takedowns import a_copy
from tests.factories import NOON, a_teacher, approved


def everything_told() -> None:
    """Inside the test's one transaction nothing is ever below the horizon by itself."""
    advance_horizon()
    Horizon.objects.update(released=2**40)


def an_event(entry: Entry, **changes: object) -> Noted:
    facts = {"kind": EventKind.PURCHASED, "at": NOON, "source": f"purchase:{uuid4()}", "amount": 500}
    return Noted(entry=entry.uuid, **{**facts, **changes})  # type: ignore[arg-type]


def kinds_of(entry: Entry) -> list[str]:
    return list(RightsEvent.objects.filter(entry=entry.uuid).order_by("pk").values_list("kind", flat=True))


def test_what_the_catalogue_says_of_our_works_is_noted_once(house: House, resource: Resource) -> None:
    a_copy(house, "luoyang.example")
    colleague = a_teacher(house.school).actor
    draft = derive_resource(by=colleague, source=resource, organisation=house.school, now=NOON)
    described = Description.of(draft)
    draft = describe_draft(by=colleague, version=draft, description=described, now=NOON)
    type(draft).objects.filter(pk=draft.pk).update(has_third_party=False)
    draft.refresh_from_db()
    made = approved(submit_resource(by=colleague, version=draft, now=NOON), by=house.reviewer)
    everything_told()

    assert follow_catalogue(now=NOON) == 3
    assert follow_catalogue(now=NOON) == 0

    entry = entry_of(resource)
    assert kinds_of(entry) == ["published", "derived"]
    assert RightsEvent.objects.get(kind="derived").other == made.resource.uuid
    assert RightsEvent.objects.exclude(entry__in=[entry.uuid, made.resource.uuid]).count() == 0


def test_a_fact_told_twice_stands_once(entry: Entry) -> None:
    event = an_event(entry)
    assert note_events(noted=[event], now=NOON) == 1
    assert note_events(noted=[event, event], now=NOON) == 0
    assert RightsEvent.objects.count() == 1


def test_a_purchase_is_noted_for_whoever_sells(house: House, entry: Entry) -> None:
    note_purchase(by=house.officer, entry=entry.uuid, number="A-1", fen=1200, now=NOON)
    assert RightsEvent.objects.get().amount == 1200


def test_the_database_refuses_to_change_the_ledger(entry: Entry) -> None:
    note_events(noted=[an_event(entry)], now=NOON)
    for deed in (lambda: RightsEvent.objects.update(count=9), lambda: RightsEvent.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()


def tampered(statement: str) -> None:
    """What somebody with the database in their hands may do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE rights_rightsevent DISABLE TRIGGER rights_rightsevent_no_change")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE rights_rightsevent ENABLE TRIGGER rights_rightsevent_no_change")


@pytest.fixture
def sealed(entry: Entry) -> list[RightsEvent]:
    note_events(noted=[an_event(entry), an_event(entry)], now=NOON)
    note_events(noted=[an_event(entry, at=NOON + timedelta(seconds=1.5))], now=NOON)
    everything_told()
    Sealer().seal(now=NOON)
    return list(RightsEvent.objects.order_by("pk"))


def test_an_untouched_ledger_is_intact(sealed: list[RightsEvent]) -> None:
    report = verify_ledger()
    assert report.intact, str(report)
    assert report.events == len(sealed)


@pytest.mark.parametrize("change", ["count = 7", "amount = 1", "kind = 'downloaded'", "at = at + interval '1 second'"])
def test_an_altered_row_is_found_and_named(sealed: list[RightsEvent], change: str) -> None:
    tampered(f"UPDATE rights_rightsevent SET {change} WHERE id = {sealed[1].pk}")  # noqa: S608

    report = verify_ledger()

    assert (report.fault, report.number) == (LedgerFault.CHANGED, sealed[1].pk)
    assert str(sealed[1].pk) in str(report)


def test_a_removed_row_is_missed(sealed: list[RightsEvent]) -> None:
    tampered(f"DELETE FROM rights_rightsevent WHERE id = {sealed[1].pk}")  # noqa: S608
    assert verify_ledger().fault == LedgerFault.MISSING


def test_a_row_that_nobody_noted_is_found(sealed: list[RightsEvent]) -> None:
    last = sealed[-1]
    RightsEvent.objects.create(
        entry=last.entry, kind=last.kind, at=NOON, node=last.node, source="slipped in", row=last.row, position=9
    )
    assert verify_ledger().fault == LedgerFault.UNPROVEN


def test_changing_the_proof_with_the_row_breaks_the_chain(sealed: list[RightsEvent]) -> None:
    target = sealed[1]
    tampered(f"UPDATE rights_rightsevent SET amount = 1 WHERE id = {target.pk}")  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditdifference DISABLE TRIGGER audit_auditdifference_no_change")
    AuditDifference.objects.filter(row=target.row, position=target.position).update(
        after={**target.facts(), "amount": 1}
    )

    report = verify_ledger()

    assert report.fault is None
    assert not report.intact
