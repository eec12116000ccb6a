"""Close an organisation, and bring it back."""

from datetime import date, datetime

from django.db import transaction

from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions.steps import (
    change_of,
    credit_code_refused,
    end_state,
    keep_state,
    lock_tree,
    locked,
    locked_all,
    not_in_future,
    subject_of,
    superior,
    tidy_reason,
)
from heluo.kernel.organisations.enums import ChangeKind
from heluo.kernel.organisations.errors import (
    BeforeLastChange,
    NotClosed,
    OrganisationClosed,
    RegionHasBureau,
    StillHasSubordinates,
)
from heluo.kernel.organisations.events import OrganisationReopened, OrganisationShut
from heluo.kernel.organisations.models import Klass, Organisation, SchoolCodeIssue


@transaction.atomic
def close_organisation(*, by: Actor, organisation: Organisation, reason: str, on: date, now: datetime) -> Organisation:
    """Close an organisation that has nobody below it any more. Its code stays void for ever, its facts stay."""
    require(by, Permission.MANAGE, on=superior(organisation))
    lock_tree()
    fresh = locked(organisation, on)
    reason = tidy_reason(reason)
    if count := Organisation.objects.open_on(on).filter(parent=fresh).count():
        raise StillHasSubordinates(organisation=fresh.name, count=count)
    Klass.objects.filter(school=fresh, closed_on=None).update(closed_on=on)
    shut(fresh, on=on)
    change_of(fresh, ChangeKind.CLOSED, by=by, now=now, on=on, before=fresh.name, reason=reason).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_closed",
        subject=subject_of(fresh),
        details={"on": on.isoformat(), "reason": reason},
    )
    announce(OrganisationShut(organisation_id=fresh.uuid), by=by, at=now)
    return fresh


def shut(organisation: Organisation, *, on: date) -> None:
    """Write that a locked organisation is no more from a day on, and that its code is void."""
    organisation.closed_on = on
    organisation.save(update_fields=["closed_on"])
    end_state(organisation, on=on)
    SchoolCodeIssue.objects.filter(organisation=organisation, withdrawn_on=None).update(withdrawn_on=on)


@transaction.atomic
def reopen_organisation(*, by: Actor, organisation: Organisation, reason: str, on: date, now: datetime) -> Organisation:
    """Bring a closed organisation back under the superior it had, with the code it had. Classes are opened anew."""
    require(by, Permission.MANAGE, on=superior(organisation))
    lock_tree()
    fresh = locked_all([organisation])[organisation.pk]
    reason = tidy_reason(reason)
    if fresh.closed_on is None or fresh.closed_on > local_day(now):
        raise NotClosed(organisation=fresh.name)
    if not_in_future(on, now) < fresh.closed_on:
        raise BeforeLastChange(field="on", day=fresh.closed_on.isoformat())
    if fresh.parent is not None and not fresh.parent.is_open(on):
        raise OrganisationClosed(organisation=fresh.parent.name)
    fresh.closed_on = None
    with (
        credit_code_refused(fresh),
        refused_as(RegionHasBureau, constraint="one_bureau_per_region", region=fresh.region.name),
    ):
        fresh.save(update_fields=["closed_on"])
    if fresh.code is not None:
        SchoolCodeIssue.objects.filter(code=fresh.code, organisation=fresh).update(withdrawn_on=None)
    keep_state(fresh, on=on, now=now)
    change_of(fresh, ChangeKind.REOPENED, by=by, now=now, on=on, after=fresh.name, reason=reason).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_reopened",
        subject=subject_of(fresh),
        details={"on": on.isoformat(), "code": fresh.code, "reason": reason},
    )
    announce(OrganisationReopened(organisation_id=fresh.uuid), by=by, at=now)
    return fresh
