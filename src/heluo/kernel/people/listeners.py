"""What people hear from elsewhere."""

from collections.abc import Sequence

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import Announcement, subscribe
from heluo.kernel.organisations.events import ClassesMoved, OrganisationShut
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.access import Permission
from heluo.kernel.people.public import end_posts_at, hand_over_people, take_pupils_along

REGISTRAR = platform_actor("registrar", [Permission.MANAGE])


@subscribe(OrganisationShut)
def end_posts_of_the_shut(announcements: Sequence[Announcement[OrganisationShut]]) -> None:
    """Nobody keeps a post at an organisation that is no more: they go over to its successor, or their posts end.

    Hearing it twice changes nothing.
    """
    for heard in announcements:
        organisation = Organisation.objects.get(uuid=heard.event.organisation_id)
        last_day = organisation.closed_on or local_day(heard.at)
        if heard.event.successor_id is not None:
            successor = Organisation.objects.get(uuid=heard.event.successor_id)
            hand_over_people(by=REGISTRAR, organisation=organisation, successor=successor, on=last_day, now=heard.at)
            continue
        end_posts_at(by=REGISTRAR, organisation=organisation, on=last_day, now=heard.at)


@subscribe(ClassesMoved)
def pupils_follow_their_classes(announcements: Sequence[Announcement[ClassesMoved]]) -> None:
    """Whoever sits in a class that passed to another school is a pupil of that school now."""
    for heard in announcements:
        take_pupils_along(
            by=REGISTRAR,
            organisation=Organisation.objects.get(uuid=heard.event.from_id),
            successor=Organisation.objects.get(uuid=heard.event.to_id),
            classes=list(Klass.objects.filter(uuid__in=heard.event.class_ids)),
            on=heard.event.on,
            now=heard.at,
        )
