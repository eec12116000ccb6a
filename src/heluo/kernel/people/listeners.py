"""What people hear from elsewhere."""

from collections.abc import Sequence

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import Announcement, subscribe
from heluo.kernel.organisations.events import OrganisationShut
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.access import Permission
from heluo.kernel.people.public import end_posts_at

REGISTRAR = platform_actor("登记", [Permission.MANAGE])


@subscribe(OrganisationShut)
def end_posts_of_the_shut(announcements: Sequence[Announcement[OrganisationShut]]) -> None:
    """Nobody keeps a post or a class at an organisation that is no more. Hearing it twice changes nothing."""
    for heard in announcements:
        organisation = Organisation.objects.get(uuid=heard.event.organisation_id)
        last_day = organisation.closed_on or local_day(heard.at)
        end_posts_at(by=REGISTRAR, organisation=organisation, on=last_day, now=heard.at)
