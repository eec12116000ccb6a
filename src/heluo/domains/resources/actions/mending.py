"""Faults of what is published: reported by anybody, answered by the author, decided by the school."""

from datetime import datetime

from django.db import transaction

from heluo.domains.resources.access import is_author
from heluo.domains.resources.actions.reviewing import withdraw_resource
from heluo.domains.resources.enums import ResourceState
from heluo.domains.resources.errors import FaultKnown, OwnResource
from heluo.domains.resources.models import Resource
from heluo.domains.resources.queries import FAULT, KIND
from heluo.engines.process.errors import AlreadyRunning
from heluo.engines.process.models import Instance
from heluo.engines.process.public import Subject, complete_item, start_process, work_of
from heluo.engines.process.vocabulary import Values
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require_person


@transaction.atomic
def report_fault(*, by: Actor, resource: Resource, fault: str, details: str, now: datetime) -> Instance:
    """Tell the author of a published resource what is wrong with it; one report at a time. Who reports sees what
    becomes of it.
    """
    require_person(by)
    if resource.state != ResourceState.PUBLISHED:
        raise NotFound
    if is_author(by, resource):
        raise OwnResource
    try:
        instance = start_process(
            by=by,
            key=FAULT,
            subject=Subject(KIND, resource.uuid, str(resource.published)),
            organisation=resource.organisation,
            values={"author": str(resource.author.uuid)},
            now=now,
        )
    except AlreadyRunning as running:
        raise FaultKnown from running
    answers = {"fault": fault, "details": details}
    return complete_item(by=by, item=work_of(instance).get(), answers=answers, now=now)


@transaction.atomic
def take_down_resource(*, by: Actor, subject: Subject, values: Values, now: datetime) -> None:
    """Withdraw a resource whose fault the school has found true, for good where its day has passed meanwhile. A service
    of the process; an author who was faster has done it already.
    """
    resource = Resource.objects.select_related("organisation", "author").get(uuid=subject.id)
    if resource.state == ResourceState.PUBLISHED or resource.is_over:
        withdraw_resource(by=by, resource=resource, reason=str(values["reason"]), now=now)
