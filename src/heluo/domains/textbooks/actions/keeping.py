"""Taking one textbook out of use and bringing it back, without a file."""

from datetime import datetime

from django.db import transaction

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.actions.importing import lock_tree
from heluo.domains.textbooks.errors import AlreadyWithdrawn, InUse
from heluo.domains.textbooks.events import TextbookRestored, TextbookWithdrawn
from heluo.domains.textbooks.models import IN_USE, Textbook
from heluo.domains.textbooks.queries.browsing import chapters_of
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce


@transaction.atomic
def withdraw_textbook(*, by: Actor, textbook: Textbook, now: datetime) -> Textbook:
    """Take a textbook with its chapters out of every list. What hangs on them stays, and so do printed codes."""
    require(by, Permission.KEEP)
    lock_tree()
    fresh = Textbook.objects.get(pk=textbook.pk)
    if fresh.is_withdrawn:
        raise AlreadyWithdrawn
    fresh.withdrawn_at = now
    fresh.save(update_fields=["withdrawn_at"])
    fresh.chapters.filter(IN_USE).update(withdrawn_at=now)
    _note(by, now, "textbooks.withdrawn", fresh)
    announce(TextbookWithdrawn(textbook=fresh.uuid), by=by, at=now)
    return fresh


@transaction.atomic
def restore_textbook(*, by: Actor, textbook: Textbook, now: datetime) -> Textbook:
    """Bring a textbook back as the same node, with the chapters that went out of use together with it."""
    require(by, Permission.KEEP)
    lock_tree()
    fresh = Textbook.objects.get(pk=textbook.pk)
    if not fresh.is_withdrawn:
        raise InUse
    chapters_of(fresh).update(withdrawn_at=None)
    fresh.withdrawn_at = None
    fresh.save(update_fields=["withdrawn_at"])
    _note(by, now, "textbooks.restored", fresh)
    announce(TextbookRestored(textbook=fresh.uuid), by=by, at=now)
    return fresh


def _note(by: Actor, now: datetime, deed: str, textbook: Textbook) -> None:
    subject = Subject(kind="textbook", id=str(textbook.uuid), title=textbook.title, path="")
    record(by=by, at=now, deed=deed, subject=subject)
