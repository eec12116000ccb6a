"""Tickets and what they list."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from heluo.domains.quality.access import Permission
from heluo.domains.quality.enums import Dataset, TicketState
from heluo.domains.quality.models import Finding, Ticket
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.models import Klass

OPEN_STATES = (TicketState.OPEN, TicketState.EXPLAINED)


def tickets_of(actor: Actor) -> QuerySet[Ticket]:
    """Tickets of the organisations the actor may look at."""
    return Ticket.objects.filter(within(actor, Permission.VIEW)).select_related("rule", "organisation")


def tickets_in_state(actor: Actor, state: str) -> QuerySet[Ticket]:
    return tickets_of(actor).filter(state=state)


def overdue(on: date) -> Q:
    return Q(state__in=OPEN_STATES, due_on__lt=on)


def ticket_for(actor: Actor, uuid: UUID) -> Ticket:
    """One ticket as this actor may see it."""
    found = tickets_of(actor).select_related("rule", "organisation__parent").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def findings_of(ticket: Ticket) -> QuerySet[Finding]:
    """What a ticket lists now: found and neither gone nor excused; what was excused, once it is excused."""
    return Finding.objects.filter(
        rule=ticket.rule_id,
        organisation=ticket.organisation_id,
        gone_at=None,
        is_excused=ticket.state == TicketState.EXCUSED,
    )


def titles_of(ticket: Ticket, findings: Iterable[Finding], *, on: date) -> dict[UUID, str]:
    """What findings are about, as people call it; one query at most."""
    kept = list(findings)
    if ticket.rule.dataset != Dataset.CLASSES:
        return {finding.subject: finding.title for finding in kept}
    year = SchoolYear.on(on)
    classes = Klass.objects.filter(uuid__in=[finding.subject for finding in kept])
    return {klass.uuid: klass.label(year) for klass in classes}
