"""What every write about a resource has in common: the lock, the step in the trail, the event, the audit row."""

from collections.abc import Sequence
from datetime import date, datetime

from heluo.domains.resources.enums import Step
from heluo.domains.resources.events import ResourceEvent
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.kernel.actors.public import Actor, require_person
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce
from heluo.kernel.people.models import Person


def locked(resource: Resource) -> Resource:
    """The resource as it stands now, kept from others until this transaction ends."""
    return (
        Resource.objects.select_for_update(of=("self",))
        .select_related("organisation", "author", "published")
        .get(pk=resource.pk)
    )


def add_step(
    by: Actor,
    now: datetime,
    version: ResourceVersion,
    step: Step,
    *,
    answers: ReviewStep | None = None,
    reasons: Sequence[str] = (),
    comment: str = "",
    until: date | None = None,
) -> ReviewStep:
    added = ReviewStep.objects.create(
        version=version,
        step=step,
        title=version.title,
        answers=answers,
        reasons=list(reasons),
        comment=comment,
        until=until,
        by=Person.objects.get(uuid=require_person(by)),
        at=now,
    )
    note(
        by,
        now,
        step.value,
        version,
        reasons=list(reasons),
        comment=comment,
        expires_at=until.isoformat() if until else "",
    )
    return added


def tell(event: type[ResourceEvent], by: Actor, now: datetime, version: ResourceVersion) -> None:
    resource = version.resource
    announce(
        event(resource=resource.uuid, version=version.number, author=resource.author.uuid, path=resource.access_path),
        by=by,
        at=now,
    )


def note(by: Actor, now: datetime, deed: str, version: ResourceVersion, **details: object) -> None:
    resource = version.resource
    record(
        by=by,
        at=now,
        deed=f"resources.{deed}",
        subject=Subject(kind="resource", id=str(resource.uuid), title=version.title, path=resource.access_path),
        details={"version": version.number} | {name: value for name, value in details.items() if value},
    )
