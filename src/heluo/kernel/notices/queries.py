"""What a person was told."""

from uuid import UUID

from django.db.models import QuerySet

from heluo.kernel.actors.public import Actor, require_person
from heluo.kernel.notices.models import Notice

TOPIC = "notices"
"""Kind of the live topics of notices: `notices:<person>`."""
NEWEST = ("-id",)
MOST_COUNTED = 99


def notices_of(actor: Actor, *, only_unread: bool = False) -> QuerySet[Notice]:
    """One's own notices."""
    own = Notice.objects.filter(person=require_person(actor))
    return own.filter(read_at=None) if only_unread else own


def unread_count(person: UUID) -> int:
    """How many of a person's notices are unread; counted up to one more than is shown."""
    return Notice.objects.filter(person=person, read_at=None).order_by()[: MOST_COUNTED + 1].count()
