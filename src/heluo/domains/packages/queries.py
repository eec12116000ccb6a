"""Reads: a package as somebody may play it, with their own progress."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min, Q

from heluo.domains.packages.access import Place, is_owner, places_of
from heluo.domains.packages.enums import Completion
from heluo.domains.packages.models import Progress
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require_person
from heluo.kernel.feedback.public import SMALL_GROUP
from heluo.kernel.files.enums import PLAYABLE, FileKind, Obstacle
from heluo.kernel.files.public import CoursewareKind, Item, Manifest, StoredFile, require_readable


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An item with how far the actor is."""

    item: Item
    progress: Progress | None

    @property
    def is_playable(self) -> bool:
        return self.item.kind in PLAYABLE

    @property
    def completion(self) -> Completion:
        return Completion(self.progress.completion) if self.progress else Completion.NOT_ATTEMPTED

    @property
    def is_begun(self) -> bool:
        return self.progress is not None


@dataclass(frozen=True, slots=True)
class PackageShown:
    """A package as somebody sees it."""

    file: StoredFile
    manifest: Manifest
    items: tuple[ItemShown, ...]

    @property
    def title(self) -> str:
        return self.manifest.title or self.file.name

    @property
    def kind(self) -> CoursewareKind:
        return CoursewareKind(self.manifest.kind)

    @property
    def obstacle(self) -> str:
        """Why nothing of it can be played; empty where something can."""
        return str(Obstacle(self.manifest.obstacle).label) if self.manifest.obstacle else ""

    @property
    def playable(self) -> list[ItemShown]:
        return [] if self.manifest.obstacle else [one for one in self.items if one.is_playable]

    @property
    def done(self) -> int:
        return sum(one.completion == Completion.COMPLETED for one in self.playable)

    @property
    def is_begun(self) -> bool:
        return any(one.is_begun for one in self.playable)

    @property
    def is_done(self) -> bool:
        return bool(self.playable) and self.done == len(self.playable)

    @property
    def scored(self) -> Progress | None:
        """The progress that has a score, where one item alone has."""
        scored = [one.progress for one in self.playable if one.progress and one.progress.score]
        return scored[0] if len(scored) == 1 else None

    @property
    def score(self) -> str:
        return self.scored.score if self.scored else ""

    def numbered(self, number: int) -> ItemShown:
        """An item that can be opened. Raises `NotFound`."""
        found = next((one for one in self.playable if one.item.number == number), None)
        if found is None:
            raise NotFound
        return found

    def next_item(self) -> ItemShown | None:
        """Where to go on: what was opened last and is not done, else the first that is not done, else the first."""
        begun = [one for one in self.playable if one.progress and not one.progress.is_done]
        if begun:
            return max(begun, key=lambda one: one.progress.last_at)  # type: ignore[union-attr]  # it is there
        return next((one for one in self.playable if one.completion != Completion.COMPLETED), None) or next(
            iter(self.playable), None
        )


def packages_shown(actor: Actor, files: Collection[StoredFile]) -> dict[UUID, PackageShown]:
    """Those of some files that are packages, with the actor's progress: one query. The caller checked the right."""
    wanted = [file for file in files if file.kind == FileKind.COURSEWARE and file.blob.courseware]
    progress: Mapping[int, dict[int, Progress]] = defaultdict(dict)
    if wanted and actor.is_person:
        mine = Progress.objects.filter(
            person__uuid=require_person(actor), content__in={file.blob_id for file in wanted}
        ).defer("state")
        for row in mine:
            progress[row.content_id][row.item] = row
    return {file.uuid: _shown(file, progress[file.blob_id]) for file in wanted}


def _shown(file: StoredFile, progress: Mapping[int, Progress]) -> PackageShown:
    manifest = file.blob.courseware
    assert manifest is not None  # noqa: S101  # the caller chose those that have one
    return PackageShown(
        file=file,
        manifest=manifest,
        items=tuple(ItemShown(item, progress.get(item.number)) for item in manifest.items),
    )


def package_file(actor: Actor, uuid: UUID) -> tuple[StoredFile, Place | None]:
    """A package that the actor may open, and where it hangs.

    Raises `NotFound`, and `FileNotChecked` or `FileInfected` where it may not be read.
    """
    file = StoredFile.objects.select_related("blob").filter(uuid=uuid).first()
    if file is None or file.kind != FileKind.COURSEWARE or not file.blob.courseware:
        raise NotFound
    place = places_of(actor, [uuid]).get(uuid)
    if place is None and not is_owner(actor, file):
        raise NotFound
    require_readable(file)
    return file, place


def own_progress(actor: Actor, file: StoredFile, number: int) -> Progress | None:
    """How far the actor is with an item; nothing for the public."""
    if not actor.is_person:
        return None
    return Progress.objects.filter(person__uuid=require_person(actor), content=file.blob_id, item=number).first()


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people began a package, and how many finished all of it; None where so few that one could guess who."""

    begun: int | None
    done: int | None


def figures_of(file: StoredFile) -> Figures:
    """For the owner of a file, over everybody who plays its content. One query."""
    manifest = file.blob.courseware
    wanted = len(manifest.playable) if manifest else 0
    people = list(
        Progress.objects.filter(content=file.blob_id)
        .values("person")
        .annotate(done=Count("pk", filter=Q(completion=Completion.COMPLETED)), since=Min("started_at"))
        .values_list("done", flat=True)
    )
    begun, done = len(people), sum(count >= wanted for count in people)
    if begun < SMALL_GROUP:
        return Figures(None, None)
    # Few who finished, or few who did not: either would tell of somebody.
    return Figures(begun, done if done == 0 or (done >= SMALL_GROUP and begun - done not in {1, 2}) else None)
