"""This app's share of the demo: about thirty lessons with films and worksheets, made by the app's own actions.
A large demo has thousands more that share one worksheet.

Films are drawn and encoded, worksheets typeset, courseware packed when the demo is built; the same input gives the same
bytes.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zlib import crc32

import typst
from django.conf import settings

from heluo.domains.resources.actions import (
    Description,
    attach_file,
    describe_draft,
    recommend_resource,
    start_draft,
    submit_resource,
    sum_up_uses,
    take_down_what_is_over,
    withdraw_resource,
)
from heluo.domains.resources.demo.collection import IN_ALL, fill
from heluo.domains.resources.demo.lessons import ENGLISH, LESSONS, Fate, Lesson
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.domains.resources.queries import KIND
from heluo.domains.textbooks.public import chapter_at
from heluo.engines.catalogue.public import weigh_uses
from heluo.engines.process.public import complete_item, processes_about, work_of
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.feedback.public import UseKind, note_use, roll_up_uses
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.public import check_content, store_file
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import school_with_code
from heluo.kernel.people.models import Account, Post

DEMO = platform_actor("demo", FilePermission)
WORKSHEETS, COURSEWARE = Path(__file__).parent / "worksheets", Path(__file__).parent / "courseware"
SHARED = "shared"
"""The worksheet of the many resources of a large demo."""
REVIEWER = "reviewer1"
SCHOOLS = {Stage.JUNIOR: "3141990003", Stage.SENIOR: "3441990004"}
"""Where lessons of a stage come from; primary ones come from the school of the demo accounts."""
RECOMMENDED = ("states-of-water", "fractions", "spring-dawn")
"""Lessons that were recommended by none, one and two of `LEVELS`."""
LEVELS = ("school1", "county1")
CHECKS = ("science", "values", "rights", "privacy", "quality", "description")
"""The check list of the review."""
EXAMPLE_BOOKS = {"edition": "示例版", "volume": "全一册"}
"""The textbooks of the demo that its lessons hang on."""
MOST_READERS = 12
DAYS_OF_USE = 14


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Make the lessons of the demo and what has happened to them, and many more in a large one; does nothing twice."""
    wanted = [lesson for lesson in LESSONS if not Resource.objects.filter(uuid=identifier_of(lesson)).exists()]
    if wanted:
        authors = Authors(now)
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as studio:
            for lesson, media in zip(wanted, studio.map(media_of, wanted), strict=True):
                _tell(lesson, media, authors, now)
                say(lesson.title)
        take_down_what_is_over(now=now)
        roll_up_uses(now=now)
        sum_up_uses()
        weigh_uses(now=now)
    if size in IN_ALL:
        fill(size=size, file=_typeset(SHARED), say=say, now=now)


def identifier_of(lesson: Lesson) -> UUID:
    return mint_identifier("resource", f"demo/{lesson.key}")


def media_of(lesson: Lesson) -> list[tuple[str, bytes]]:
    """The files of a lesson: name and content."""
    media = []
    if lesson.film is not None:
        media.append((f"{lesson.film.title.strip('《》?')}.mp4", lesson.film.encode()))
    if lesson.worksheet:
        content = _typeset(lesson.worksheet)
        media.append((f"{lesson.title}.pdf".replace("：", "-"), content))
    if lesson.courseware:
        media.append((f"{lesson.title}.zip", _packed(COURSEWARE / lesson.courseware)))
    return media


def _packed(folder: Path) -> bytes:
    """A folder as a ZIP, always the same bytes: entries in order, none with a date of its own."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for place in sorted(folder.iterdir()):
            archive.writestr(ZipInfo(place.name), place.read_bytes(), ZIP_DEFLATED)
    return made.getvalue()


def _typeset(worksheet: str) -> bytes:
    fonts = Path(settings.BUILT) / "fonts"
    return typst.compile(str(WORKSHEETS / f"{worksheet}.typ"), font_paths=[str(fonts)] if fonts.exists() else [])


class Authors:
    """Who writes and who reviews, as actors of today."""

    def __init__(self, now: datetime) -> None:
        self.today = local_day(now)
        self.reviewer = self.account(REVIEWER)

    def of(self, lesson: Lesson) -> tuple[Actor, Organisation]:
        """The author of a lesson and the school it belongs to."""
        if lesson.stage not in SCHOOLS:
            actor = self.account(lesson.author)
            return actor, Organisation.objects.get(pk=actor.posts[0].organisation_id)
        school = school_with_code(SCHOOLS[lesson.stage])
        teachers = Post.objects.filter(organisation=school, role=Role.TEACHER).select_related("person").order_by("pk")
        post = teachers[0 if lesson.author == "teacher1" else 1]
        return actor_for(Account(person=post.person), on=self.today), school

    def account(self, username: str) -> Actor:
        """One of the demo accounts."""
        return actor_for(Account.objects.select_related("person").get(username=username), on=self.today)


def _tell(lesson: Lesson, media: list[tuple[str, bytes]], authors: Authors, now: datetime) -> None:
    """One lesson from its first draft to where it stands."""
    author, school = authors.of(lesson)
    end = now - timedelta(days=lesson.days_ago, hours=2)
    draft = start_draft(by=author, organisation=school, local_id=f"demo/{lesson.key}", now=end - timedelta(hours=5))
    for name, content in media:
        file = store_file(by=author, name=name, content=BytesIO(content), now=end - timedelta(hours=4))
        check_content(by=DEMO, blob=file.blob, now=end - timedelta(hours=4))
        attach_file(by=author, version=draft, file=file, now=end - timedelta(hours=4))
    described = describe_draft(
        by=author, version=draft, description=_description(lesson, now), now=end - timedelta(hours=3)
    )
    if lesson.fate == Fate.DRAFT:
        return
    version = submit_resource(by=author, version=described, now=end - timedelta(hours=1))
    if lesson.fate == Fate.WAITING:
        return
    review = work_of(processes_about(author, KIND, version.resource.uuid)[0]).get()
    if lesson.fate == Fate.RETURNED:
        said = {"outcome": "return", "reasons": list(lesson.reasons), "comment": lesson.comment}
        complete_item(by=authors.reviewer, item=review, answers=said, now=end)
        return
    complete_item(by=authors.reviewer, item=review, answers={"outcome": "publish", "checks": list(CHECKS)}, now=end)
    version.refresh_from_db()
    if lesson.fate == Fate.WITHDRAWN:
        withdraw_resource(by=author, resource=version.resource, reason=lesson.comment, now=end + timedelta(days=1))
        return
    _use(lesson, version, now)
    if lesson.key in RECOMMENDED:
        _recommend(author, version.resource, LEVELS[: RECOMMENDED.index(lesson.key)], authors, now)


def _description(lesson: Lesson, now: datetime) -> Description:
    is_draft = lesson.fate == Fate.DRAFT
    place = place_of(lesson)
    return Description(
        title=lesson.title,
        description=lesson.description,
        stage=lesson.stage,
        grade=f"{lesson.stage.value}-{lesson.year}",
        subject=lesson.subject,
        resource_type="" if is_draft else lesson.resource_type,
        language="en" if lesson.subject == ENGLISH else "zh-CN",
        licence="" if is_draft else lesson.licence,
        has_third_party=None if is_draft else False,
        keywords=list(lesson.keywords),
        chapters=[place[0]] if place else [],
        knowledge_points=place[1] if place else [],
        valid_until=None if lesson.lasts_days is None else local_day(now) + timedelta(days=lesson.lasts_days),
    )


def place_of(lesson: Lesson) -> tuple[UUID, list[UUID]] | None:
    """The chapter of a lesson in the example tree with what it teaches; None where the tree is another one."""
    return chapter_at(
        stage=lesson.stage,
        subject=lesson.subject,
        grade=f"{lesson.stage.value}-{lesson.year}",
        number=lesson.chapter,
        **EXAMPLE_BOOKS,
    )


def _use(lesson: Lesson, version: ResourceVersion, now: datetime) -> None:
    """A few readers, more for some lessons than for others, on days since the lesson appeared."""
    readers = crc32(lesson.key.encode()) % MOST_READERS + 1
    for reader in range(readers):
        day = now - timedelta(days=reader % min(DAYS_OF_USE, lesson.days_ago + 1))
        for use in (UseKind.VIEW, UseKind.DOWNLOAD)[: 1 if reader % 3 else 2]:
            note_use(
                by=PUBLIC_ACTOR,
                kind=KIND,
                subject=version.resource.uuid,
                use=use,
                visitor=f"demo/{lesson.key}/{reader}",
                now=day,
            )


def _recommend(author: Actor, resource: Resource, levels: Sequence[str], authors: Authors, now: datetime) -> None:
    """A lesson on its way up: recommended by some levels, it waits at the next."""
    instance = recommend_resource(by=author, resource=resource, now=now - timedelta(days=3))
    for number, username in enumerate(levels, 1):
        answers = {"outcome": "recommend", "reason": "内容准确，适合在更大范围使用。"}
        at = now - timedelta(days=3 - number)
        complete_item(by=authors.account(username), item=work_of(instance).get(), answers=answers, now=at)
