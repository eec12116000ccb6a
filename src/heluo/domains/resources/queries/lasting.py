"""What ends, and what is over."""

from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.urls import reverse

from heluo.domains.resources.access import own
from heluo.domains.resources.enums import NoticeKind, VersionState
from heluo.domains.resources.models import ResourceVersion
from heluo.domains.resources.queries.rows import versions
from heluo.kernel.actors.public import Actor
from heluo.kernel.notices.public import News

WARNED_BEFORE = (timedelta(days=30), timedelta(days=7))


def over_before(day: date) -> QuerySet[ResourceVersion]:
    """Versions the public still sees, now or as earlier ones, although they held until before a day."""
    return versions().filter(state=VersionState.PUBLISHED, valid_until__lt=day)


def ending_by(day: date) -> QuerySet[ResourceVersion]:
    """What is public now and ends by a day."""
    return versions().filter(pk=F("resource__published"), valid_until__lte=day)


def own_ending(actor: Actor, *, today: date) -> QuerySet[ResourceVersion]:
    """Of the actor's own, what is public and ends so soon that they are told."""
    return ending_by(today + max(WARNED_BEFORE)).filter(own(actor))


def news_about(version: ResourceVersion, kind: NoticeKind, key: str, **more: str) -> News:
    """Something the author of a version is to be told of it."""
    resource = version.resource
    return News(
        person=resource.author.uuid,
        kind=kind,
        key=key,
        url=reverse("resources:trail", args=[resource.uuid]),
        parameters={"title": version.title, "day": str(version.valid_until or ""), **more},
    )
