"""Recommending what is published from a school up to the province, level by level."""

from datetime import datetime

from django.db import transaction

from heluo.domains.resources.access import Permission, require_author
from heluo.domains.resources.actions.steps import locked, note
from heluo.domains.resources.errors import NotPublished
from heluo.domains.resources.models import Recognition, Resource
from heluo.domains.resources.queries import KIND, catalogue_entry
from heluo.engines.catalogue.public import publish_entry
from heluo.engines.process.models import Instance
from heluo.engines.process.public import Subject, start_process
from heluo.engines.process.vocabulary import Values
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.organisations.enums import Level
from heluo.kernel.people.models import Person

RECOMMENDATION = "resource-recommendation"
RECOGNISING = (Level.SCHOOL, Level.COUNTY, Level.CITY, Level.PROVINCE)
"""The levels that recommend, from the lowest up."""


@transaction.atomic
def recommend_resource(*, by: Actor, resource: Resource, now: datetime) -> Instance:
    """Ask one's school, and from there each level above, to recommend a published resource of one's own."""
    resource = locked(resource)
    require_author(by, resource)
    if resource.published is None:
        raise NotPublished
    return start_process(
        by=by,
        key=RECOMMENDATION,
        subject=Subject(KIND, resource.uuid, resource.published.title),
        organisation=resource.organisation,
        values={},
        now=now,
    )


@transaction.atomic
def recognise_resource(*, by: Actor, subject: Subject, values: Values, now: datetime, level: Level) -> None:
    """Note that a level recommends a resource, where the public sees it; once noted it stays.

    A service of the recommendation: `values` are those of the process and not needed.
    """
    del values
    resource = locked(Resource.objects.get(uuid=subject.id))
    require(by, Permission.RECOGNISE, on=resource)
    version = resource.published
    if version is None:
        raise NotPublished
    version.resource = resource
    _row, is_new = Recognition.objects.get_or_create(
        resource=resource,
        level=level,
        defaults={"version": version, "by": Person.objects.get(uuid=require_person(by)), "at": now},
    )
    if is_new:
        note(by, now, "recognised", version, level=level.value)
        publish_entry(by=by, identifier=resource.uuid, draft=catalogue_entry(version), now=now)
