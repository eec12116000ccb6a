"""Letting go of messages that were applied long ago."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from heluo.kernel.nodes.enums import IncomingState
from heluo.kernel.nodes.models import Incoming

REMEMBERED = timedelta(days=90)


@transaction.atomic
def forget_messages(*, now: datetime) -> int:
    """Forget what was applied three months ago; how many. The last of each node stays: acknowledgements name it."""
    found = Incoming.objects.filter(state=IncomingState.APPLIED, received_at__lt=now - REMEMBERED)
    gone, _by_model = found.exclude(seq=F("node__next_in") - 1).delete()
    return gone
