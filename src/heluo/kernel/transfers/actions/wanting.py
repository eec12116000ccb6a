"""What is wanted from elsewhere."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.files.names import clean_name
from heluo.kernel.transfers.access import Permission
from heluo.kernel.transfers.enums import CopyState
from heluo.kernel.transfers.errors import HashMalformed
from heluo.kernel.transfers.models import Copy
from heluo.kernel.transfers.vocabulary import Wanted, is_sha256

AT_ONCE = 2000
ASKED_ANEW = ["size", "name", "media_type", "node", "href", "state", "failures", "wrong", "trouble", "next_at"]


@transaction.atomic
def want_contents(contents: Iterable[Wanted], *, from_node: str, by: Actor, now: datetime) -> int:
    """Have contents brought here that are not here yet; how many those are.

    `from_node` is the domain of the node they are asked from. What failed before, or waits for its next try, is asked
    for at once. Refusals: NotAllowed, HashMalformed.
    """
    require(by, Permission.FETCH)
    wanted = {content.sha256: content for content in contents}
    for content in wanted.values():
        if not is_sha256(content.sha256) or content.size < 1:
            raise HashMalformed(name=clean_name(content.name))
    hashes = sorted(wanted)
    here = set(Copy.objects.filter(sha256__in=hashes, state=CopyState.HERE).values_list("sha256", flat=True))
    asked = [_copy(wanted[sha256], from_node, now) for sha256 in hashes if sha256 not in here]
    Copy.objects.bulk_create(
        asked, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["sha256"], update_fields=ASKED_ANEW
    )
    if asked:
        record(
            by=by,
            at=now,
            deed="transfers.contents_wanted",
            subject=Subject(kind="contents", id=from_node, title=from_node, path=""),
            details={"count": len(asked), "size": sum(copy.size for copy in asked)},
        )
    return len(asked)


def _copy(content: Wanted, from_node: str, now: datetime) -> Copy:
    return Copy(
        sha256=content.sha256,
        size=content.size,
        name=clean_name(content.name),
        media_type=content.media_type[:100],
        node=from_node,
        href=content.href,
        next_at=now,
        wanted_at=now,
    )
