"""Things that tests need, made by the same actions that make them in earnest. Plain functions, nothing implied.

school = a_school()
teacher = a_person(Role.TEACHER, school)
resource = a_published_resource(by=teacher.actor, at=school, reviewer=a_reviewer(school).actor)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO

from PIL import Image

from heluo.domains.resources.actions import (
    Description,
    attach_file,
    describe_draft,
    start_draft,
    submit_resource,
)
from heluo.domains.resources.enums import ResourceType
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.domains.resources.queries import REVIEW
from heluo.engines.catalogue.enums import Licence
from heluo.engines.process.enums import ItemState
from heluo.engines.process.models import WorkItem
from heluo.engines.process.public import complete_item
from heluo.kernel.access.resolution import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.models import StoredFile
from heluo.kernel.files.public import check_content, store_file
from heluo.kernel.organisations.access import Permission as OrganisationPermission
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import bureau_of, found_bureaus, open_school, region_with_code
from heluo.kernel.people.access import Permission as PeoplePermission
from heluo.kernel.people.models import Account, Person
from heluo.kernel.people.public import NewPerson, register_people
from tests.serial import serial

NOON = datetime(2026, 9, 10, 4, tzinfo=UTC)
"""12:00 in China on the tenth day of a school year."""
PLATFORM = platform_actor("测试", [*OrganisationPermission, *PeoplePermission, *FilePermission])
COUNTY = "410305"
OTHER_COUNTY = "410324"
CHECKS = ["science", "values", "rights", "privacy", "quality", "description"]
"""The check list of the review."""

DESCRIPTION = Description(
    title="分数的初步认识",
    description="用一个圆的平均分认识几分之一。",
    stage="primary",
    grade="primary-3",
    subject="14",
    resource_type=ResourceType.MEDIA,
    language="zh-CN",
    licence=Licence.CC_BY,
    has_third_party=False,
    keywords=["分数", "平均分"],
)
"""All that submission asks for."""


@dataclass(frozen=True)
class Somebody:
    """A registered person with their account and the actor they are."""

    person: Person
    account: Account
    actor: Actor


def a_bureau(region: str = COUNTY) -> Organisation:
    """The education bureau of a county or city; founds all of them when asked first."""
    if not Organisation.objects.exists():
        found_bureaus(by=PLATFORM, now=NOON)
    return bureau_of(region, on=local_day(NOON))


def a_school(name: str = "示例小学", *, region: str = COUNTY) -> Organisation:
    bureau = a_bureau(region)
    return open_school(
        by=PLATFORM,
        name=f"{name}{serial()}",
        code=f"2141{980000 + serial():06}",
        school_type="211",
        region=region_with_code(region, on=local_day(NOON)),
        parent=bureau,
        on=date(2020, 9, 1),
        now=NOON,
    )


def a_person(role: Role, at: Organisation, *, name: str = "", also: Sequence[Role] = ()) -> Somebody:
    """A person with a post (and `also` others) at one place, and an account."""
    number = serial()
    new = NewPerson(
        name=name or f"河洛测{number}",
        posts=tuple((held, at) for held in (role, *also)),
        starts_on=date(2024, 9, 1),
        born_on=date(1990, 1, 1),
        username=f"somebody{number}",
    )
    [person] = register_people(by=PLATFORM, people=[new], now=NOON)
    account = Account.objects.select_related("person").get(person=person)
    return Somebody(person=person, account=account, actor=actor_for(account, on=local_day(NOON)))


def a_teacher(school: Organisation) -> Somebody:
    return a_person(Role.TEACHER, school)


def a_reviewer(at: Organisation) -> Somebody:
    return a_person(Role.RESOURCE_REVIEWER, at)


def a_picture(*, colour: tuple[int, int, int] = (15, 107, 102)) -> bytes:
    """A small real PNG; another colour, another content."""
    content = BytesIO()
    Image.new("RGB", (64, 48), colour).save(content, "PNG")
    return content.getvalue()


def a_file(owner: Actor, *, name: str = "图.png", content: bytes | None = None, checked: bool = True) -> StoredFile:
    """A stored file of somebody's; scanned (as far as a scanner is there) and previewed unless told otherwise."""
    number = serial()
    content = content or a_picture(colour=(number % 256, number // 256 % 256, 90))
    file = store_file(by=owner, name=name, content=BytesIO(content), now=NOON)
    if checked:
        check_content(by=PLATFORM, blob=file.blob, now=NOON)
    return StoredFile.objects.select_related("blob").get(pk=file.pk)


def a_draft(by: Actor, at: Organisation, *, files: Sequence[StoredFile] = (), **changes: object) -> ResourceVersion:
    """A complete draft with a file, ready to be submitted. `changes` replace parts of its description."""
    draft = start_draft(by=by, organisation=at, now=NOON)
    for file in files or (a_file(by),):
        attach_file(by=by, version=draft, file=file, now=NOON)
    return describe_draft(by=by, version=draft, description=replace(DESCRIPTION, **changes), now=NOON)


def a_submission(by: Actor, at: Organisation, **changes: object) -> ResourceVersion:
    return submit_resource(by=by, version=a_draft(by, at, **changes), now=NOON)


def review_of(version: ResourceVersion) -> WorkItem:
    """The step of the review that waits: the reviewer's, or after a return the author's."""
    return WorkItem.objects.select_related("instance", "place").get(
        instance__subject=version.resource.uuid, instance__key=REVIEW, state=ItemState.OPEN
    )


def approved(version: ResourceVersion, *, by: Actor, comment: str = "", now: datetime = NOON) -> ResourceVersion:
    """A submission, published by a reviewer."""
    answers = {"outcome": "publish", "checks": CHECKS, **({"comment": comment} if comment else {})}
    complete_item(by=by, item=review_of(version), answers=answers, now=now)
    return ResourceVersion.objects.select_related("resource__organisation", "resource__author").get(pk=version.pk)


def returned(
    version: ResourceVersion,
    *,
    by: Actor,
    reasons: Sequence[str] = ("quality",),
    comment: str = "请改清楚",
    now: datetime = NOON,
) -> ResourceVersion:
    """A submission, sent back by a reviewer."""
    answers = {"outcome": "return", "reasons": list(reasons), "comment": comment}
    complete_item(by=by, item=review_of(version), answers=answers, now=now)
    return ResourceVersion.objects.select_related("resource__organisation", "resource__author").get(pk=version.pk)


def a_published_resource(by: Actor, at: Organisation, reviewer: Actor, **changes: object) -> Resource:
    return approved(a_submission(by, at, **changes), by=reviewer).resource


def a_stranger() -> Somebody:
    """A teacher of a school in another county."""
    return a_teacher(a_school("别处小学", region=OTHER_COUNTY))
