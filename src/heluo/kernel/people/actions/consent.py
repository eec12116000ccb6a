"""A guardian's decisions about a child's use of the platform. Rows are added, never changed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from heluo.kernel.actors.public import Actor, require_person
from heluo.kernel.audit.public import Difference, record, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.people.access import Permission, require_at_any
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.errors import NothingToWithdraw, NotTheGuardian
from heluo.kernel.people.events import ConsentGiven, ConsentWithdrawn
from heluo.kernel.people.models import Consent, Guardianship, Person, Post, in_period
from heluo.kernel.people.queries import is_guardian_of, me, newest_consent


@transaction.atomic
def give_consent(*, by: Actor, child: Person, notice_version: str, now: datetime) -> Consent:
    """The acting guardian agrees to a version of the privacy notice for a child."""
    _require_guardian(by, child, now)
    consent = Consent.objects.create(child=child, guardian=me(by), given=True, notice_version=notice_version, at=now)
    record(by=by, at=now, deed="people.consent_given", subject=subject_of(child), details={"notice": notice_version})
    announce(ConsentGiven(child_ids=(child.uuid,)), by=by, at=now)
    return consent


@transaction.atomic
def withdraw_consent(*, by: Actor, child: Person, now: datetime) -> Consent:
    """The acting guardian takes a consent back, whoever of the guardians gave it."""
    _require_guardian(by, child, now)
    newest = newest_consent(child)
    if newest is None or not newest.given:
        raise NothingToWithdraw
    consent = Consent.objects.create(
        child=child, guardian=me(by), given=False, notice_version=newest.notice_version, at=now
    )
    record(
        by=by,
        at=now,
        deed="people.consent_withdrawn",
        subject=subject_of(child),
        details={"notice": newest.notice_version},
    )
    announce(ConsentWithdrawn(child_id=child.uuid), by=by, at=now)
    return consent


def _require_guardian(by: Actor, child: Person, now: datetime) -> None:
    if not is_guardian_of(require_person(by), child, on=local_day(now)):
        raise NotTheGuardian


@transaction.atomic
def record_paper_consents(
    *, by: Actor, consents: Sequence[tuple[Person, Person]], notice_version: str, now: datetime
) -> list[Consent]:
    """Record signed forms, as pairs of child and guardian, for children of schools in the actor's care."""
    today = local_day(now)
    children = {child.pk for child, _guardian in consents}
    paths: dict[int, list[str]] = {child: [] for child in children}
    for child_id, path in Post.objects.filter(person__in=children).values_list("person_id", "organisation__path"):
        paths[child_id].append(path)
    for distinct in {tuple(found) for found in paths.values()}:
        require_at_any(by, Permission.MANAGE, distinct)
    pairs = set(
        Guardianship.objects.filter(in_period(today), child__in=children).values_list("child_id", "guardian_id")
    )
    if any((child.pk, guardian.pk) not in pairs for child, guardian in consents):
        raise NotTheGuardian
    made = Consent.objects.bulk_create(
        [
            Consent(child=child, guardian=guardian, given=True, notice_version=notice_version, on_paper=True, at=now)
            for child, guardian in consents
        ]
    )
    if made:
        record_batch(
            by=by,
            at=now,
            deed="people.paper_consents_recorded",
            subject=subject_of(made[0].child),
            differences=[
                Difference(
                    subject_id=str(row.child.uuid),
                    after={"guardian": str(row.guardian.uuid), "notice": notice_version},
                )
                for row in made
            ],
        )
        announce(ConsentGiven(child_ids=tuple(row.child.uuid for row in made)), by=by, at=now)
    return made
