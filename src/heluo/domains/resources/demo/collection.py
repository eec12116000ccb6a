"""The many resources of a large demo: one author at each filled school, one small file that all of them share."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from django.db.models import Count

from heluo.domains.resources.actions import NewResource, take_over_resources
from heluo.domains.resources.demo.topics import drawn_description
from heluo.domains.resources.models import Resource
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.models import StoredFile
from heluo.kernel.files.public import check_content, store_file
from heluo.kernel.organisations.demo.share import FilledCounty, FilledSchool, Progress, filled_counties
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.school_types import school_types
from heluo.kernel.people.models import Account, Person, Post

DEMO = platform_actor("demo", FilePermission)
IN_ALL = {"city": 5_000, "province": 1_000_000}
"""Size → resources of the sample."""
MOST_CLASSES = 36
"""A school makes as many resources as its classes ask for, a large one no more than this many classes would."""
FILE_NAME = "课堂学习单.pdf"
DAYS_BACK = (30, 400)
"""When they were published: long enough ago for the lessons made by hand to come first."""
AT_ONCE = 1500
"""Resources in one batch of the actions: what a person would submit at most, and what memory stays small with."""


def fill(*, size: str, file: bytes, say: Callable[[str], None], now: datetime) -> None:
    """Publish what the filled schools lack, county by county, each all or nothing."""
    counties = list(filled_counties(size, on=local_day(now)))
    wanted = shares(counties, IN_ALL[size])
    progress = Progress(say, "资源", IN_ALL[size])
    for county in counties:
        schools = {
            one.code or "": one
            for one in Organisation.objects.filter(code__in=[school.code for school in county.schools]).select_related(
                "parent"
            )
        }
        have = dict(
            Resource.objects.filter(organisation__in=schools.values())
            .values_list("organisation__code")
            .annotate(count=Count("pk"))
        )
        progress.skip(sum(min(have.get(school.code, 0), wanted[school.code]) for school in county.schools))
        missing = [school for school in county.schools if have.get(school.code, 0) < wanted[school.code]]
        if missing:
            with transaction.atomic():
                for school in missing:
                    _publish(
                        school, schools[school.code], range(have.get(school.code, 0), wanted[school.code]), file, now
                    )
            progress.advance(sum(wanted[school.code] - have.get(school.code, 0) for school in missing))


def shares(counties: list[FilledCounty], total: int) -> Mapping[str, int]:
    """Code of a school → how many of all resources are its own, by its classes; together exactly so many."""
    weights = {school.code: _weight(school) for county in counties for school in county.schools}
    whole, passed, found = sum(weights.values()), 0, {}
    for code, weight in weights.items():
        found[code] = total * (passed + weight) // whole - total * passed // whole
        passed += weight
    return found


def _weight(school: FilledSchool) -> int:
    planned = school.planned
    years = 3 * len(school_types()[planned.school_type].stages)
    return min(planned.per_year * years, MOST_CLASSES)


def _publish(school: FilledSchool, at: Organisation, numbers: range, file: bytes, now: datetime) -> None:
    """The reviewer of the bureau above takes over what one author at the school has made; batch after batch."""
    author, reviewer = _first(Role.TEACHER, at), _first(Role.RESOURCE_REVIEWER, at.parent)
    stored = _file_of(_actor(author, now), file, now)
    dice = random.Random(f"resources/{school.code}/{numbers.start}")  # noqa: S311  # the same everywhere
    stages = school_types()[school.planned.school_type].stages
    for batch in _batches(numbers):
        end = now - timedelta(days=dice.randint(*DAYS_BACK), minutes=dice.randrange(600))
        take_over_resources(
            by=_actor(reviewer, now),
            author=author,
            organisation=at,
            resources=[
                NewResource(
                    local_id=f"demo/{school.code}/{number}",
                    description=drawn_description(dice, dice.choice(stages), at.name),
                    files=(stored,),
                )
                for number in batch
            ],
            now=end,
        )


def _batches(numbers: range) -> Iterator[range]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]


def _first(role: Role, at: Organisation | None) -> Person:
    """The first who holds a role at a place."""
    post = Post.objects.filter(role=role, organisation=at, ends_on=None).select_related("person").order_by("pk")[0]
    return post.person


def _actor(person: Person, now: datetime) -> Actor:
    """Somebody as an actor of today."""
    return actor_for(Account(person=person), on=local_day(now))


def _file_of(author: Actor, content: bytes, now: datetime) -> StoredFile:
    """The author's copy of the shared file: the content is kept, checked and pictured once."""
    own = StoredFile.objects.for_display().filter(owner_id=author.person_id, name=FILE_NAME).first()
    if own is None:
        made = store_file(by=author, name=FILE_NAME, content=BytesIO(content), now=now)
        if not made.is_checked:
            check_content(by=DEMO, blob=made.blob, now=now)
        own = StoredFile.objects.for_display().get(pk=made.pk)
    return own
