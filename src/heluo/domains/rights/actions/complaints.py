"""Complaints about works: made here or at another node, decided where the work is from."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from heluo.domains.rights.access import Permission, is_party
from heluo.domains.rights.actions.ledger import Noted, note_events
from heluo.domains.rights.actions.takedowns import NODES, restore, take_down
from heluo.domains.rights.actions.wire import ComplaintBody, shaped
from heluo.domains.rights.enums import ComplaintState, EventKind, Ground, MessageKind
from heluo.domains.rights.errors import (
    ComplaintClosed,
    ComplaintKnown,
    ContactNeeded,
    IsParty,
    NotItsWord,
    NotTheOrigin,
    NowhereToForward,
    TooManyComplaints,
)
from heluo.domains.rights.models import LONGEST_REASON, Complaint
from heluo.engines.catalogue.models import Entry
from heluo.engines.process.public import Subject as ProcessSubject
from heluo.engines.process.public import start_process
from heluo.engines.process.vocabulary import Values
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.nodes.public import Message, active_nodes, node_called, send_message

KIND = "rights_complaint"
PROCESS = "rights-complaint"
SPAN = timedelta(hours=1)
MOST_ANONYMOUS, MOST_OF_ONE = 20, 10
"""In an hour: by all who are not signed in together, and by one who is."""


@transaction.atomic
def complain(
    *,
    by: Actor,
    entry: Entry,
    ground: Ground,
    statement: str,
    proof: str,
    complainant: str,
    contact: str,
    now: datetime,
) -> Complaint:
    """Say that a published work breaks a right of one's own; one open complaint about a work at a time.

    About a work of another node it is passed on to that node, which decides. Refusals: ComplaintKnown, ContactNeeded,
    TooManyComplaints, NowhereToForward.
    """
    if not contact.strip():
        raise ContactNeeded(field="contact")
    recent = Complaint.objects.filter(at__gt=now - SPAN, person=by.person_id, node=settings.NODE_DOMAIN)
    if recent.count() >= (MOST_OF_ONE if by.is_person else MOST_ANONYMOUS):
        raise TooManyComplaints
    is_ours = entry.origin == settings.NODE_DOMAIN
    complaint = Complaint(
        uuid=uuid4(),
        ground=ground,
        statement=statement.strip(),
        proof=proof.strip(),
        complainant=complainant.strip()[:100],
        contact=contact.strip()[:200],
        person=by.person_id,
        node=settings.NODE_DOMAIN,
    )
    _open(complaint, entry, by=by, now=now, is_ours=is_ours)
    if not is_ours:
        _forward(complaint, by=by, now=now)
    return complaint


def _open(complaint: Complaint, entry: Entry, *, by: Actor, now: datetime, is_ours: bool) -> None:
    complaint.entry, complaint.title, complaint.kind = entry.uuid, entry.title, entry.kind
    complaint.origin, complaint.organisation = entry.origin, entry.organisation
    complaint.author = entry.creator_id if is_ours else None
    complaint.state = ComplaintState.OPEN if is_ours else ComplaintState.FORWARDED
    complaint.at = now
    with refused_as(ComplaintKnown, constraint="one_open_complaint_about_a_work"):
        complaint.save(force_insert=True)
    record(by=by, at=now, deed="rights.complained", subject=_subject(complaint), details={"kind": complaint.ground})
    if not is_ours:
        return
    _tell_ledger(by, now, complaint)
    start_process(
        by=by,
        key=PROCESS,
        subject=ProcessSubject(KIND, complaint.uuid, complaint.title),
        organisation=entry.organisation,
        values={"author": str(complaint.author) if complaint.author else ""},
        now=now,
    )


def _tell_ledger(by: Actor, now: datetime, complaint: Complaint) -> None:
    event = Noted(
        entry=complaint.entry,
        kind=EventKind.COMPLAINED,
        at=now,
        source=f"complaint:{complaint.uuid}",
        node=complaint.node,
        other=complaint.uuid,
    )
    note_events(by=by, noted=[event], now=now)


def _forward(complaint: Complaint, *, by: Actor, now: datetime) -> None:
    body = {
        "complaint": str(complaint.uuid),
        "origin": complaint.origin,
        "node": complaint.node,
        "entry": str(complaint.entry),
        "ground": complaint.ground,
        "statement": complaint.statement,
        "proof": complaint.proof,
        "complainant": complaint.complainant,
        "contact": complaint.contact,
    }
    nodes = list(active_nodes())
    to = next((node.domain for node in nodes if node.domain == complaint.origin), "") or next(
        (node.domain for node in nodes if node.is_hub), ""
    )
    if not to:
        raise NowhereToForward(origin=complaint.origin)
    send_message(kind=MessageKind.COMPLAINT, to=to, body=body, by=by, at_once=True, now=now)


def take_complaint(message: Message) -> None:
    """Open a complaint about a work of ours that was made at another node, or pass it on to the node it is about."""
    said = shaped(message.body, ComplaintBody)
    sender = node_called(message.sender)
    if said.node != message.sender and not (sender and sender.is_hub and said.origin == settings.NODE_DOMAIN):
        raise NotItsWord(sender=message.sender, node=said.node)
    if said.origin != settings.NODE_DOMAIN:
        if not active_nodes().filter(domain=said.origin).exists():
            raise NowhereToForward(origin=said.origin)
        body = said.model_dump(mode="json")
        send_message(kind=MessageKind.COMPLAINT, to=said.origin, body=body, by=NODES, at_once=True, now=message.now)
        return
    entry = Entry.objects.select_related("organisation").filter(uuid=said.entry).first()
    if entry is None:
        raise NotFound
    if entry.origin != settings.NODE_DOMAIN:
        raise NotTheOrigin(origin=settings.NODE_DOMAIN)
    if Complaint.objects.filter(uuid=said.complaint).exists():
        return
    complaint = Complaint(
        uuid=said.complaint,
        ground=said.ground,
        statement=said.statement,
        proof=said.proof,
        complainant=said.complainant,
        contact=said.contact,
        node=said.node,
    )
    _open(complaint, entry, by=NODES, now=message.now, is_ours=True)


# -- services of the process -------------------------------------------------------------------------------------------


@transaction.atomic
def close_for_now(*, by: Actor, subject: ProcessSubject, values: Values, now: datetime) -> None:
    """Take the work down while its author is asked: the notice is complete, and whoever complained is not to wait."""
    complaint = _decided_by(by, subject.id)
    _take_down(complaint, by=by, reason=str(values.get("reason") or ""), now=now)


@transaction.atomic
def uphold(*, by: Actor, subject: ProcessSubject, values: Values, now: datetime) -> None:
    """The complaint is right: the work is taken down, or stays so."""
    complaint = _decided_by(by, subject.id)
    reason = str(values.get("reason") or "")
    if not complaint.takedowns.filter(restored_at__isnull=True).exists():
        _take_down(complaint, by=by, reason=reason, now=now)
    _decide(complaint, ComplaintState.UPHELD, by=by, reason=reason, now=now)


@transaction.atomic
def reject(*, by: Actor, subject: ProcessSubject, values: Values, now: datetime) -> None:
    """The complaint is wrong: what was taken down for it comes back."""
    complaint = _decided_by(by, subject.id)
    reason = str(values.get("reason") or "")
    _bring_back(complaint, by=by, reason=reason, now=now)
    _decide(complaint, ComplaintState.REJECTED, by=by, reason=reason, now=now)


@transaction.atomic
def dismiss(*, by: Actor, subject: ProcessSubject, values: Values, now: datetime) -> None:
    """What was handed in is not enough to look into it."""
    complaint = _decided_by(by, subject.id)
    _decide(complaint, ComplaintState.DISMISSED, by=by, reason=str(values.get("reason") or ""), now=now)


@transaction.atomic
def grant_appeal(*, by: Actor, subject: ProcessSubject, values: Values, now: datetime) -> None:
    """The author was right after all: the work comes back."""
    complaint = _decided_by(by, subject.id, after=ComplaintState.UPHELD)
    reason = str(values.get("reason") or "")
    _bring_back(complaint, by=by, reason=reason, now=now)
    _decide(complaint, ComplaintState.RESTORED, by=by, reason=reason, now=now)


def _decided_by(by: Actor, complaint_id: UUID, *, after: ComplaintState = ComplaintState.OPEN) -> Complaint:
    """The complaint, locked, if this actor may decide about it: an officer of its tree who is no party."""
    found = (
        Complaint.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(uuid=complaint_id)
        .first()
    )
    if found is None:
        raise NotFound
    require(by, Permission.ORDER, on=found)
    if is_party(by, author=found.author, complaint=found):
        raise IsParty
    if found.state != after:
        raise ComplaintClosed
    return found


def _take_down(complaint: Complaint, *, by: Actor, reason: str, now: datetime) -> None:
    entry = Entry.objects.select_related("organisation").get(uuid=complaint.entry)
    take_down(by=by, entry=entry, reason=reason, complaint=complaint, now=now)


def _bring_back(complaint: Complaint, *, by: Actor, reason: str, now: datetime) -> None:
    for takedown in complaint.takedowns.filter(restored_at__isnull=True):
        restore(by=by, takedown=takedown, reason=reason, now=now)


def _decide(complaint: Complaint, state: ComplaintState, *, by: Actor, reason: str, now: datetime) -> None:
    complaint.state, complaint.reason, complaint.closed_at = state, reason.strip()[:LONGEST_REASON], now
    complaint.save(update_fields=["state", "reason", "closed_at"])
    record(
        by=by,
        at=now,
        deed="rights.complaint_decided",
        subject=_subject(complaint),
        details={"outcome": state.value, "reason": complaint.reason},
    )


def _subject(complaint: Complaint) -> Subject:
    path = complaint.access_path or WHOLE_TREE
    return Subject(kind="rights_complaint", id=str(complaint.uuid), title=complaint.title, path=path)
