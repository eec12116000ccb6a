"""Packages for programs: what is inside one, and one's own progress."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Router, Schema

from heluo.domains.packages.actions import LARGEST_SCORE, LONGEST_SECONDS, Report, keep_progress
from heluo.domains.packages.enums import Completion, Success
from heluo.domains.packages.models import Progress
from heluo.domains.packages.queries import ItemShown, own_progress, package_file, packages_shown
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.files.enums import ItemKind
from heluo.kernel.files.limits import MOST_ITEMS
from heluo.kernel.files.public import CoursewareKind
from heluo.kernel.pages.rules import PageRequest, operation

router = Router(tags=["packages"])
Score = Annotated[float, Field(ge=-LARGEST_SCORE, le=LARGEST_SCORE, allow_inf_nan=False)]


class ItemOut(Schema):
    """An item with how far the caller is."""

    number: int
    title: str
    kind: ItemKind
    depth: int
    completion: Completion
    success: Success

    @staticmethod
    def of(shown: ItemShown) -> "ItemOut":
        return ItemOut(
            number=shown.item.number,
            title=shown.item.title,
            kind=ItemKind(shown.item.kind),
            depth=shown.item.depth,
            completion=shown.completion,
            success=Success(shown.progress.success) if shown.progress else Success.UNKNOWN,
        )


class PackageOut(Schema):
    """A courseware package. `obstacle`: why nothing of it can be played; empty where something can."""

    file: UUID
    kind: CoursewareKind
    version: str
    title: str
    obstacle: str
    items: list[ItemOut]


class AttemptIn(Schema):
    """What a package says of an attempt. `seconds`: since the last report; `finished`: the next one begins anew."""

    completion: Completion = Completion.INCOMPLETE
    success: Success = Success.UNKNOWN
    scaled: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)] | None = None
    raw: Score | None = None
    min: Score | None = None
    max: Score | None = None
    seconds: Annotated[int, Field(ge=0, le=LONGEST_SECONDS)] = 0
    state: dict[str, Any] = {}
    finished: bool = False

    def report(self) -> Report:
        return Report(
            completion=self.completion,
            success=self.success,
            scaled=self.scaled,
            raw=self.raw,
            least=self.min,
            most=self.max,
            seconds=self.seconds,
            state=self.state,
            is_finished=self.finished,
        )


class AttemptOut(Schema):
    """The best so far, and what the package wants back next time. `attempts`: finished ones."""

    item: int
    completion: Completion
    success: Success
    scaled: float | None
    raw: float | None
    min: float | None
    max: float | None
    seconds: int
    attempts: int
    state: dict[str, Any]
    last_at: datetime

    @staticmethod
    def of(progress: Progress) -> "AttemptOut":
        return AttemptOut(
            item=progress.item,
            completion=Completion(progress.completion),
            success=Success(progress.success),
            scaled=progress.scaled,
            raw=progress.raw,
            min=progress.least,
            max=progress.most,
            seconds=progress.seconds,
            attempts=progress.attempts,
            state=progress.state,
            last_at=progress.last_at,
        )


@router.get("/packages/{uuid:file}", response=PackageOut, summary="What is inside a package, and how far one is")
@operation(may=Audience.PUBLIC)
def read_package(request: PageRequest, file: UUID) -> PackageOut:
    stored, _place = package_file(request.actor, file)
    shown = packages_shown(request.actor, [stored])[stored.uuid]
    return PackageOut(
        file=file,
        kind=shown.kind,
        version=shown.manifest.version,
        title=shown.title,
        obstacle=shown.obstacle,
        items=[ItemOut.of(one) for one in shown.items],
    )


@router.get("/packages/{uuid:file}/items/{item}/attempt", response=AttemptOut, summary="One's own progress")
@operation(may=Audience.SIGNED_IN)
def read_attempt(request: PageRequest, file: UUID, item: int) -> AttemptOut:
    stored, _place = package_file(request.actor, file)
    progress = own_progress(request.actor, stored, item) if 1 <= item <= MOST_ITEMS else None
    if progress is None:
        raise NotFound
    return AttemptOut.of(progress)


@router.put("/packages/{uuid:file}/items/{item}/attempt", response=AttemptOut, summary="Keep one's own progress")
@operation(may=Audience.SIGNED_IN)
def keep_attempt(request: PageRequest, file: UUID, item: int, attempt: AttemptIn) -> AttemptOut:
    """Written by the player as the learner goes on. The best over all attempts stays."""
    return AttemptOut.of(keep_progress(by=request.actor, file=file, item=item, report=attempt.report(), now=now()))
