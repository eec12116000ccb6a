"""我的信息: what is held about oneself or one's child, and who looked."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.subject_rights.queries.held import LOOKS_SHOWN, held_about, who_looked
from heluo.domains.subject_rights.queries.subjects import subject_for, subjects_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.listing import Choice
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import me

FACTS_SHOWN = 10


def title_of(actor: Actor, person: Person) -> str:
    return _("我的信息") if person.uuid == actor.person_id else _("{name}的信息").format(name=person.name)


@reads(may=Audience.SIGNED_IN)
def mine(request: PageRequest) -> HttpResponse:
    return _held(request, me(request.actor))


@reads(may=Audience.SIGNED_IN)
def held(request: PageRequest, uuid: UUID) -> HttpResponse:
    return _held(request, subject_for(request.actor, uuid, on=local_day(now())))


def _held(request: PageRequest, person: Person) -> HttpResponse:
    """Every fact by app, with its source. Long ones are cut; the copy to take along has them whole."""
    today = local_day(now())
    groups = held_about(person, on=today, most=FACTS_SHOWN)
    subjects = subjects_of(request.actor, on=today)
    context = {
        "heading": title_of(request.actor, person),
        "lead": _("平台保存的每一项信息，以及它来自哪里。号码只显示脱敏形式。"),
        "person": person,
        "is_self": person.uuid == request.actor.person_id,
        "tabs": [
            Choice(title_of(request.actor, one), reverse("subject_rights:held", args=[one.uuid]), one.pk == person.pk)
            for one in subjects
        ]
        if len(subjects) > 1
        else [],
        "groups": [group for group in groups if group.facts],
        "nothing_in": [group.holding.title for group in groups if not group.facts],
    }
    return page_response(request, "subject_rights/held.html", context)


@reads(may=Audience.SIGNED_IN)
def looks(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Who opened somebody's pages or saw a number in clear: as an organisation and a role."""
    person = subject_for(request.actor, uuid, on=local_day(now()))
    title = title_of(request.actor, person)
    context = {
        "heading": _("谁看过"),
        "lead": title,
        "crumbs": [(title, reverse("subject_rights:held", args=[person.uuid]))],
        "looks": who_looked(person),
        "most": LOOKS_SHOWN,
    }
    return page_response(request, "subject_rights/looks.html", context)
