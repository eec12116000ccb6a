"""What becomes of a ticket: checked again after mending, explained by its source, decided on by a bureau above."""

from datetime import datetime, timedelta

from django.db import transaction

from heluo.domains.quality.access import Permission
from heluo.domains.quality.actions.evaluating import evaluate, score
from heluo.domains.quality.enums import NoteKind, TicketState
from heluo.domains.quality.errors import OwnTicket, ReasonNeeded, TicketClosed
from heluo.domains.quality.events import TicketAnswered
from heluo.domains.quality.models import SHORTEST_REASON, Finding, Ticket, TicketNote
from heluo.domains.quality.queries import settings_in_force
from heluo.kernel.actors.public import Actor, allows, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce


def _subject_of(ticket: Ticket) -> Subject:
    return Subject(
        kind="quality_ticket", id=str(ticket.uuid), title=ticket.organisation.name, path=ticket.organisation.path
    )


def _locked(ticket: Ticket, *states: TicketState) -> Ticket:
    fresh = (
        Ticket.objects.select_for_update(of=("self",)).select_related("organisation__parent", "rule").get(pk=ticket.pk)
    )
    if fresh.state not in states:
        raise TicketClosed(state=fresh.get_state_display())
    return fresh


def _note(ticket: Ticket, kind: NoteKind, *, by: Actor, text: str, now: datetime) -> None:
    TicketNote.objects.create(
        ticket=ticket,
        kind=kind,
        text=text,
        findings_count=ticket.findings_count,
        by_person=by.person_id,
        by_name=by.name,
        at=now,
    )


def _reason(text: str) -> str:
    reason = text.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonNeeded(field="reason", shortest=SHORTEST_REASON)
    return reason


@transaction.atomic
def check_again(*, by: Actor, ticket: Ticket, now: datetime) -> Ticket:
    """Look again, right away, at what one rule says of one organisation; the ticket settles when nothing is left."""
    require(by, Permission.ANSWER, on=ticket)
    fresh = _locked(ticket, TicketState.OPEN, TicketState.EXPLAINED)
    today = local_day(now)
    evaluate(fresh.rule, settings_in_force()[fresh.rule_id], below=fresh.organisation.path, on=today, now=now)
    score(below=fresh.organisation.path, on=today)
    fresh.refresh_from_db(fields=["state", "findings_count", "closed_at"])
    _note(fresh, NoteKind.CHECKED, by=by, text="", now=now)
    record(
        by=by,
        at=now,
        deed="quality.ticket_checked",
        subject=_subject_of(fresh),
        details={"rule": fresh.rule.name, "left": fresh.findings_count},
    )
    return fresh


@transaction.atomic
def explain_ticket(*, by: Actor, ticket: Ticket, reason: str, now: datetime) -> Ticket:
    """Say why what is left cannot be mended; a bureau above decides whether that holds."""
    require(by, Permission.ANSWER, on=ticket)
    reason = _reason(reason)
    fresh = _locked(ticket, TicketState.OPEN)
    return _moved(fresh, TicketState.EXPLAINED, NoteKind.EXPLAINED, "quality.ticket_explained", reason, by=by, now=now)


def _require_superior(by: Actor, ticket: Ticket) -> None:
    above = ticket.organisation.parent
    if above is None or not allows(by, Permission.DECIDE, on=above):
        require(by, Permission.ANSWER, on=ticket)
        raise OwnTicket


@transaction.atomic
def excuse_ticket(*, by: Actor, ticket: Ticket, reason: str, now: datetime) -> Ticket:
    """Accept an explanation: what the ticket lists counts no longer, as long as it stays as it is."""
    fresh = _locked(ticket, TicketState.EXPLAINED)
    _require_superior(by, fresh)
    reason = _reason(reason)
    Finding.objects.filter(rule=fresh.rule, organisation=fresh.organisation, gone_at=None).update(is_excused=True)
    fresh.closed_at = now
    moved = _moved(fresh, TicketState.EXCUSED, NoteKind.EXCUSED, "quality.ticket_excused", reason, by=by, now=now)
    today = local_day(now)
    evaluate(fresh.rule, settings_in_force()[fresh.rule_id], below=fresh.organisation.path, on=today, now=now)
    score(below=fresh.organisation.path, on=today)
    return moved


@transaction.atomic
def refuse_explanation(*, by: Actor, ticket: Ticket, reason: str, now: datetime) -> Ticket:
    """Send a ticket back to be mended after all, with the full time once more."""
    fresh = _locked(ticket, TicketState.EXPLAINED)
    _require_superior(by, fresh)
    reason = _reason(reason)
    fresh.due_on = local_day(now) + timedelta(days=settings_in_force()[fresh.rule_id].due_days)
    return _moved(fresh, TicketState.OPEN, NoteKind.REFUSED, "quality.ticket_refused", reason, by=by, now=now)


def _moved(
    ticket: Ticket, state: TicketState, kind: NoteKind, deed: str, reason: str, *, by: Actor, now: datetime
) -> Ticket:
    ticket.state = state
    ticket.save(update_fields=["state", "due_on", "closed_at"])
    _note(ticket, kind, by=by, text=reason, now=now)
    record(by=by, at=now, deed=deed, subject=_subject_of(ticket), details={"rule": ticket.rule.name, "reason": reason})
    announce(TicketAnswered(ticket=ticket.uuid, state=state), by=by, at=now)
    return ticket
