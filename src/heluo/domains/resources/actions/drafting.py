"""Writing a draft."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from heluo.domains.resources.access import Permission, require_author
from heluo.domains.resources.actions.steps import locked, note
from heluo.domains.resources.enums import (
    OPEN_STATES,
    ContentLanguage,
    ResourceType,
)
from heluo.domains.resources.errors import (
    AlreadyAttached,
    DraftAlreadyOpen,
    FileRefused,
    FilesNotReady,
    GradeOfAnotherStage,
    NotEditable,
    TooManyFiles,
    TooManyPlaces,
    UnknownChoice,
    ValidityOver,
)
from heluo.domains.resources.models import MAX_FILES, MAX_PLACES, Attachment, Resource, ResourceVersion
from heluo.domains.resources.queries import grade_choices, subject_choices, told_by
from heluo.domains.textbooks.public import require_in_use
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What an author says about a version. Any part may still be empty in a draft."""

    title: str = ""
    description: str = ""
    stage: str = ""
    grade: str = ""
    subject: str = ""
    resource_type: str = ""
    language: str = ""
    licence: str = ""
    has_third_party: bool | None = None
    third_party_statement: str = ""
    keywords: list[str] = field(default_factory=list)
    chapters: list[UUID] = field(default_factory=list)
    knowledge_points: list[UUID] = field(default_factory=list)
    valid_until: date | None = None

    @classmethod
    def of(cls, version: ResourceVersion) -> "Description":
        """What a version says now."""
        return cls(**{part.name: getattr(version, part.name) for part in fields(cls)})

    def said(self) -> dict[str, Any]:
        """Part → what it says, as columns of a version."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


@transaction.atomic
def start_draft(
    *, by: Actor, organisation: Organisation, local_id: str | None = None, now: datetime
) -> ResourceVersion:
    """Open the first version of a new resource, owned by the organisation the author works at.

    `local_id` names the resource in the source it comes from; the same name gives the same identifier.
    """
    require(by, Permission.AUTHOR, on=organisation)
    resource = Resource.objects.create(
        uuid=mint_identifier("resource", local_id or uuid4().hex),
        organisation=organisation,
        author=Person.objects.get(uuid=require_person(by)),
        created_at=now,
    )
    draft = ResourceVersion.objects.create(resource=resource, number=1, created_at=now, changed_at=now)
    note(by, now, "started", draft)
    return draft


@transaction.atomic
def start_new_version(*, by: Actor, resource: Resource, now: datetime) -> ResourceVersion:
    """Open the next version of a published or withdrawn resource, beginning with a copy of the last one; a day that
    has passed is not copied.
    """
    resource = locked(resource)
    require_author(by, resource)
    last = resource.versions.order_by("-number").first()
    if last is None or last.state in OPEN_STATES:
        raise DraftAlreadyOpen
    draft = ResourceVersion(
        resource=resource,
        number=last.number + 1,
        created_at=now,
        changed_at=now,
        derived_from_id=last.derived_from_id,
        **Description.of(last).said(),
    )
    if draft.valid_until and draft.valid_until < local_day(now):
        draft.valid_until = None
    with refused_as(DraftAlreadyOpen, constraint="one_open_version_per_resource"):
        draft.save()
    Attachment.objects.bulk_create(
        Attachment(version=draft, file_id=attachment.file_id, position=attachment.position)
        for attachment in last.attachments.all()
    )
    note(by, now, "started_version", draft)
    return draft


@transaction.atomic
def describe_draft(*, by: Actor, version: ResourceVersion, description: Description, now: datetime) -> ResourceVersion:
    """Save what the author has filled in so far; nothing need be complete yet.

    Chapters and points that are withdrawn after they were chosen stay; only new ones must be in use.
    """
    draft = _editable(by, version)
    require_known_choices(description, known_choices(local_day(now)))
    require_in_use(
        chapters=set(description.chapters) - set(draft.chapters),
        points=set(description.knowledge_points) - set(draft.knowledge_points),
    )
    before = Description.of(draft).said()
    changed = {name: value for name, value in description.said().items() if value != before[name]}
    if "valid_until" in changed:
        require_day_to_come(description.valid_until, local_day(now))
    if changed:
        for name, value in changed.items():
            setattr(draft, name, value)
        draft.changed_at = now
        draft.save(update_fields=[*changed, "changed_at"])
        note(by, now, "described", draft, changed=sorted(changed))
    return draft


@transaction.atomic
def attach_file(
    *, by: Actor, version: ResourceVersion, file: StoredFile, place: int | None = None, now: datetime
) -> Attachment:
    """Add one of the author's own uploads to the draft: at a place (0 is the first), else at the end.

    Of a courseware package, what it says about itself fills the parts of the description that are still empty.
    """
    draft = _editable(by, version)
    if file.owner_id != by.person_id:
        raise NotFound
    taken = draft.attachments.aggregate(last=Max("position"))["last"] or 0
    if draft.attachments.count() >= MAX_FILES:
        raise TooManyFiles(limit=MAX_FILES)
    with refused_as(AlreadyAttached, constraint="file_once_in_its_version"):
        attachment = Attachment.objects.create(version=draft, file=file, position=taken + 1)
    if place is not None:
        _put_at(draft, attachment, place)
    _files_changed(by, now, draft, "attached", file)
    told = {name: value for name, value in told_by(file).items() if not getattr(draft, name)}
    if told:
        for name, value in told.items():
            setattr(draft, name, value)
        draft.save(update_fields=[*told])
        note(by, now, "described", draft, changed=sorted(told))
    return attachment


@transaction.atomic
def remove_file(*, by: Actor, version: ResourceVersion, file: StoredFile, now: datetime) -> None:
    """Take a file out of the draft; the stored file itself stays with its owner."""
    draft = _editable(by, version)
    removed, _by_model = draft.attachments.filter(file=file).delete()
    if not removed:
        raise NotFound
    _files_changed(by, now, draft, "removed_file", file)


@transaction.atomic
def reorder_files(*, by: Actor, version: ResourceVersion, order: Sequence[UUID], now: datetime) -> None:
    """Put the files of the draft in the order of these file identifiers; unnamed ones follow as they stood."""
    draft = _editable(by, version)
    attachments = list(draft.attachments.select_related("file"))
    wanted = {uuid: place for place, uuid in enumerate(order)}
    if wanted.keys() - {attachment.file.uuid for attachment in attachments}:
        raise NotFound
    attachments.sort(key=lambda attachment: (wanted.get(attachment.file.uuid, len(wanted)), attachment.position))
    _number(attachments)
    _files_changed(by, now, draft, "reordered_files")


def _editable(by: Actor, version: ResourceVersion) -> ResourceVersion:
    resource = locked(version.resource)
    require_author(by, resource)
    draft = resource.versions.get(pk=version.pk)
    if not draft.is_editable:
        raise NotEditable
    return draft


def _put_at(draft: ResourceVersion, attachment: Attachment, place: int) -> None:
    others = [other for other in draft.attachments.all() if other != attachment]
    _number([*others[:place], attachment, *others[place:]])


def _number(attachments: Sequence[Attachment]) -> None:
    for position, attachment in enumerate(attachments, start=1):
        attachment.position = position
    Attachment.objects.bulk_update(attachments, ["position"])


def known_choices(on: date) -> Mapping[str, Collection[str]]:
    """Part of a description → the codes it may hold on a day."""
    return {
        "stage": Stage.values,
        "grade": [code for code, _name in grade_choices()],
        "subject": [code for code, _name in subject_choices(on)],
        "resource_type": ResourceType.values,
        "language": ContentLanguage.values,
        "licence": Licence.values,
    }


def require_known_choices(description: Description, choices: Mapping[str, Collection[str]]) -> None:
    """Refuse codes that are in no list, now and not when a reviewer publishes. Empty ones may still be filled in."""
    for name, known in choices.items():
        value = getattr(description, name)
        if value and value not in known:
            field_name = ResourceVersion._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001
            raise UnknownChoice(field=name, field_name=field_name, value=value)
    if description.grade and not description.grade.startswith(f"{description.stage}-"):
        raise GradeOfAnotherStage(field="grade")
    for name, places in (("chapters", description.chapters), ("knowledge_points", description.knowledge_points)):
        if len(places) > MAX_PLACES:
            field_name = ResourceVersion._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001
            raise TooManyPlaces(field=name, field_name=field_name, limit=MAX_PLACES, count=len(places))


def require_day_to_come(valid_until: date | None, today: date) -> None:
    """Refuse what would be over before anybody sees it."""
    if valid_until is not None and valid_until < today:
        raise ValidityOver(field="valid_until", day=valid_until.isoformat())


def require_checked(files: Collection[StoredFile]) -> None:
    """Refuse files that are infected or damaged, and those whose check or preview is not done yet."""
    if refused := [file.name for file in files if file.scan_state == ScanState.INFECTED]:
        raise FileRefused(files="、".join(refused), field="files")
    if waiting := [file.name for file in files if not file.is_checked]:
        raise FilesNotReady(files="、".join(waiting), field="files")


def _files_changed(by: Actor, now: datetime, draft: ResourceVersion, deed: str, file: StoredFile | None = None) -> None:
    draft.changed_at = now
    draft.save(update_fields=["changed_at"])
    note(by, now, deed, draft, file=file.name if file else "")
