"""What pages themselves write: that somebody took a list away."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import Actor, HasPath, paths_for, require, require_person
from heluo.kernel.audit.public import Subject, record


@transaction.atomic
def note_export(
    *,
    by: Actor,
    may: str,
    on: HasPath | None,
    route: str,
    title: str,
    rows: int,
    form: str,
    conditions: Collection[str],
    now: datetime,
) -> None:
    """Put into the audit log that somebody took a list with personal data away as a file.

    Of the filter only which conditions there were: what was searched for may be somebody's number.
    """
    if may == Audience.SIGNED_IN:
        require_person(by)
    else:
        require(by, may, on=on)
    places = [on.access_path] if on is not None else paths_for(by, may)
    record(
        by=by,
        at=now,
        deed="pages.list_exported",
        subject=Subject(kind="list", id=route, title=title, path=places[0] if len(places) == 1 else ""),
        details={"rows": rows, "format": form, "conditions": sorted(conditions)},
    )
