"""Two entries that turn out to be one person."""

from datetime import date, datetime

from django.db import transaction

from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import record
from heluo.kernel.people.access import Permission, require_at_any
from heluo.kernel.people.actions.identifiers import hand_identifiers_over
from heluo.kernel.people.actions.moves import PupilMove, move_pupils
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.models import Account, Guardianship, Person
from heluo.kernel.people.queries import paths_of


@transaction.atomic
def merge_people(*, by: Actor, kept: Person, other: Person, on: date, now: datetime) -> None:
    """Let one entry of a pupil take over what the other is known by; the other stays, without place or account.

    Guardians and identifiers that the kept entry lacks pass to it, a formal student number replaces a temporary one.
    Needs the right to manage people where each of the two belongs. Facts of the past stay where they were recorded.
    """
    for person in (kept, other):
        require_at_any(by, Permission.MANAGE, paths_of(person))
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=[kept.pk, other.pk]).order_by("pk"))
    hand_identifiers_over(kept=kept, other=other)
    known = set(Guardianship.objects.filter(child=kept, ends_on=None).values_list("guardian_id", flat=True))
    passing = list(Guardianship.objects.filter(child=other, ends_on=None).exclude(guardian=kept))
    Guardianship.objects.bulk_create(
        [
            Guardianship(guardian_id=row.guardian_id, child=kept, relation=row.relation, starts_on=on)
            for row in passing
            if row.guardian_id not in known
        ]
    )
    for row in passing:
        row.ends_on = max(row.starts_on, on)
    Guardianship.objects.bulk_update(passing, ["ends_on"])
    move_pupils(by=by, moves=[PupilMove(other, None)], on=on, now=now)
    Account.objects.filter(person=other).update(is_active=False)
    record(
        by=by,
        at=now,
        deed="people.people_merged",
        subject=subject_of(kept),
        details={"other": str(other.uuid), "on": on.isoformat()},
    )
