"""Requests as those concerned see them."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation

from heluo.domains.subject_rights.access import Permission
from heluo.domains.subject_rights.enums import RequestState
from heluo.domains.subject_rights.models import Request
from heluo.domains.subject_rights.queries.subjects import subjects_of
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, within
from heluo.kernel.holdings.public import Asked, Fact, holding_named
from heluo.kernel.people.models import Person


def _requests() -> QuerySet[Request]:
    return Request.objects.select_related("person", "asked_by", "source__parent", "place__parent", "attachment__blob")


def requests_of(actor: Actor, *, on: date) -> QuerySet[Request]:
    """What somebody asked, and what was asked about them and their wards."""
    subjects = subjects_of(actor, on=on)
    return _requests().filter(Q(person__in=subjects) | Q(asked_by__uuid=actor.person_id))


def requests_at(actor: Actor) -> QuerySet[Request]:
    """What lies, or began, where the actor looks after requests."""
    return _requests().filter(
        within(actor, Permission.VIEW, "place__path") | within(actor, Permission.VIEW, "source__path")
    )


def waiting_requests(actor: Actor) -> QuerySet[Request]:
    """What waits for a decision of the actor's own organisations, most urgent first."""
    places = [post.organisation_id for post in actor.posts if allows(actor, Permission.DECIDE)]
    return (
        requests_at(actor).filter(state=RequestState.OPEN, place__in=places).order_by("due_on", "id")
        if places
        else Request.objects.none()
    )


def request_for(actor: Actor, uuid: UUID, *, on: date) -> tuple[Request, bool]:
    """One request as this actor may see it, and whether they see it as one who asked."""
    if actor.person_id is not None:
        own = requests_of(actor, on=on).filter(uuid=uuid).first()
        if own is not None:
            return own, True
    found = requests_at(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found, False


def fact_of(person: Person, holding: str, fact: str, *, on: date) -> Fact | None:
    """A fact as it stands now; None where there is none of that key."""
    found = holding_named(holding)
    if found is None or not fact:
        return None
    return next((one for one in found.tell(person.uuid, Asked(on=on)) if one.key == fact), None)


def registered_fact(person: Person, holding: str, fact: str, *, on: date) -> Fact | None:
    """The same in the source language: what one person asked, another in another language compares."""
    with translation.override(settings.LANGUAGE_CODE):
        return fact_of(person, holding, fact, on=on)
