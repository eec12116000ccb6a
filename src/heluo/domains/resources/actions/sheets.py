"""Many drafts from one table: made at once, given their files by name, submitted together."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions.drafting import Description, attach_file
from heluo.domains.resources.actions.reviewing import submit_resource
from heluo.domains.resources.errors import NoRowNamesIt, NothingToSubmit
from heluo.domains.resources.models import DraftRow, DraftSheet, Resource, ResourceVersion
from heluo.domains.resources.queries.sheets import own_sheet, read_sheet, rows_shown, rows_waiting_for
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.files.models import StoredFile
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Account, Person

SUBMIT_TASK = "resources.submit_sheet"
LONGEST_PROBLEM = 500
LONGEST_NAME = 200


@transaction.atomic
def open_sheet(*, by: Actor, organisation: Organisation, name: str, content: bytes, now: datetime) -> DraftSheet:
    """Make a draft of each row of a table, in a few statements however many, or none at all where a cell is wrong.

    Raises `CellsWrong` with all wrong cells, and the refusals of `Unreadable` for what is no table.
    """
    require(by, Permission.AUTHOR, on=organisation)
    name = name[-LONGEST_NAME:]
    rows = read_sheet(content, name=name, on=local_day(now))
    author = Person.objects.get(uuid=require_person(by))
    sheet = DraftSheet.objects.create(uuid=uuid4(), author=author, name=name, at=now)
    resources = Resource.objects.bulk_create(
        Resource(
            uuid=mint_identifier("resource", uuid4().hex), organisation=organisation, author=author, created_at=now
        )
        for _row in rows
    )
    versions = ResourceVersion.objects.bulk_create(
        ResourceVersion(
            resource=resource, number=1, created_at=now, changed_at=now, **Description(**row.description).said()
        )
        for resource, row in zip(resources, rows, strict=True)
    )
    DraftRow.objects.bulk_create(
        DraftRow(sheet=sheet, version=version, number=row.number, names=list(row.names))
        for version, row in zip(versions, rows, strict=True)
    )
    record_batch(
        by=by,
        at=now,
        deed="resources.sheet_opened",
        subject=Subject(kind="resources", id=str(sheet.uuid), title=name, path=organisation.path),
        differences=[
            Difference(str(version.resource.uuid), after={"version": version.number, "name": version.title})
            for version in versions
        ],
    )
    return sheet


@transaction.atomic
def attach_by_name(*, by: Actor, sheet: DraftSheet, file: StoredFile, now: datetime) -> list[ResourceVersion]:
    """Give a file to every draft of a sheet whose row names it and that has it not yet."""
    waiting = rows_waiting_for(own_sheet(by, sheet.uuid), file.name)
    if not waiting:
        raise NoRowNamesIt(field="file", name=file.name)
    for one in waiting:
        attach_file(by=by, version=one.version, file=file, now=now)
    return [one.version for one in waiting]


@transaction.atomic
def order_submission(*, by: Actor, sheet: DraftSheet) -> int:
    """Let all drafts of a sheet that are ready be submitted, one after the other, by a job. How many are ready."""
    found = own_sheet(by, sheet.uuid)
    require(by, Permission.AUTHOR)
    ready = [one for one in rows_shown(found) if one.is_ready]
    if not ready:
        raise NothingToSubmit
    found.rows.filter(pk__in=[one.row.pk for one in ready]).update(problem="")
    defer(SUBMIT_TASK, sheet=found.pk)
    return len(ready)


def submit_sheet(*, sheet: DraftSheet, now: datetime) -> int:
    """Submit what is ready of a sheet in its author's name; what is refused says why in its row. Safe to run twice.

    A transaction for each, so that a refusal of one does not undo the others. How many were submitted.
    """
    author = actor_for(Account.objects.select_related("person").get(person=sheet.author), on=local_day(now))
    submitted = 0
    for one in rows_shown(sheet):
        if not one.is_ready:
            continue
        try:
            submit_resource(by=author, version=one.version, now=now)
        except Refusal as refusal:
            DraftRow.objects.filter(pk=one.row.pk).update(problem=str(refusal)[:LONGEST_PROBLEM])
        else:
            submitted += 1
    return submitted
