"""A large demo, small enough to be built here: county by county, stopped anywhere, gone on with, never doubled."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from click.testing import CliRunner
from pytest_django import Settings

from heluo.domains.quality import demo as quality_demo
from heluo.domains.quality.models import Run
from heluo.domains.resources import demo as resources_demo
from heluo.domains.resources.demo import collection
from heluo.domains.resources.models import Resource, ReviewStep
from heluo.domains.students import demo as students_demo
from heluo.domains.students.models import StudentRecord
from heluo.engines.catalogue.models import Change, Entry
from heluo.engines.catalogue.public import find_entries
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import local_day
from heluo.kernel.files.models import Blob
from heluo.kernel.organisations import demo as organisations_demo
from heluo.kernel.organisations.demo import province, share
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people import demo as people_demo
from heluo.kernel.people.demo import county as people_county
from heluo.kernel.people.models import Account, ClassMembership, Guardianship, Identifier, Person, Post, Teaching
from heluo.site.commands import demo as command
from tests.register import NOON

RESOURCES = 40


@pytest.fixture
def small_city(db: None, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: object) -> Iterator[None]:
    """A city of a few counties with a handful of schools, two or three pupils in a class."""
    settings.DATA, settings.STORAGE_URL, settings.CLAMD_URL = tmp_path, None, None
    kinds = {"111": 160, "211": 320, "311": 160}
    sorts = [sort for sort in province.SORTS if sort.school_type in kinds]
    monkeypatch.setattr(
        province,
        "SORTS",
        tuple(
            province.Sort(sort.school_type, sort.code_class, kinds[sort.school_type], sort.called, (1, 1))
            for sort in sorts
        ),
    )
    monkeypatch.setattr(province, "HIGHER", ())
    monkeypatch.setattr(province, "TEACHING_POINTS", 1600)
    monkeypatch.setitem(share.WITHIN, "city", "41030")
    monkeypatch.setitem(share.ONE_OF, "city", 2)
    monkeypatch.setitem(share.ONE_OF, "province", 4)
    for key in people_county.CLASS_SIZES:
        monkeypatch.setitem(people_county.CLASS_SIZES, key, (2, 3))
    monkeypatch.setattr(resources_demo, "LESSONS", [])
    monkeypatch.setitem(collection.IN_ALL, "city", RESOURCES)
    for build in (organisations_demo.build, people_demo.build, students_demo.build):
        build(size="small", say=str, now=NOON)
    organisations_demo.build(size="city", say=str, now=NOON)
    return


def filled_counties() -> list[share.FilledCounty]:
    return list(share.filled_counties("city", on=local_day(NOON)))


def filled_schools() -> set[str]:
    return {school.code for county in filled_counties() for school in county.schools}


def interrupted_at(call: int, original: Callable[..., object]) -> Callable[..., object]:
    """The same function, until Ctrl-C comes at a call."""
    calls = iter(range(1, 10_000))

    def function(*args: object, **named: object) -> object:
        if next(calls) == call:
            raise KeyboardInterrupt
        return original(*args, **named)

    return function


def test_people_come_county_by_county_and_an_interrupted_county_leaves_nothing(
    small_city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_rest = filled_counties()
    before = Person.objects.count()
    with monkeypatch.context() as broken:
        broken.setattr(people_county, "record_guardianships", interrupted_at(2, people_county.record_guardianships))
        with pytest.raises(KeyboardInterrupt):
            people_demo.build(size="city", say=str, now=NOON)
    assert Person.objects.count() > before
    staffed = Post.objects.filter(role=Role.TEACHER).values("organisation__code")
    assert staffed.filter(organisation__code__in=[school.code for school in first.schools]).exists()
    assert not staffed.filter(organisation__code__in=[school.code for school in second.schools]).exists()

    said: list[str] = []
    people_demo.build(size="city", say=said.append, now=NOON)
    assert f"{len(filled_schools())}/{len(filled_schools())}" in said[-1]
    counts = [model.objects.count() for model in (Person, Post, ClassMembership, Teaching, Guardianship, Identifier)]
    people_demo.build(size="city", say=str, now=NOON)
    models = (Person, Post, ClassMembership, Teaching, Guardianship, Identifier)
    assert [model.objects.count() for model in models] == counts


def test_a_filled_school_has_everybody_and_the_others_nobody(small_city: None) -> None:
    accounts = Account.objects.count()
    people_demo.build(size="city", say=str, now=NOON)
    filled = Organisation.objects.filter(code__in=filled_schools())
    assert set(filled.values_list("school_type", flat=True)) == {"111", "211", "311"}
    points = Organisation.objects.filter(kind=OrganisationKind.TEACHING_POINT, parent__in=filled)
    assert points.exists()
    for klass in Klass.objects.filter(school__in=[*filled, *points]):
        assert 2 <= klass.memberships.count() <= 3
        assert klass.teachings.filter(is_homeroom=True).count() == 1
    for school in filled:
        assert Post.objects.filter(organisation=school, role=Role.SCHOOL_ADMIN).count() == 1
    planned = Organisation.objects.filter(kind=OrganisationKind.SCHOOL, code__contains="4190")
    with_people = set(Post.objects.filter(organisation__in=list(planned)).values_list("organisation", flat=True))
    assert with_people == set(filled.values_list("pk", flat=True))
    assert Account.objects.count() == accounts
    places = list(filled)
    pupils = list(Person.objects.filter(posts__role=Role.PUPIL, posts__organisation__in=places))
    assert all(one.masked.startswith(("99", "G99")) for one in Identifier.objects.filter(person__in=pupils))
    seats = ClassMembership.objects.filter(person__in=pupils, klass__stage=Stage.PRIMARY)
    children = set(seats.values_list("person", flat=True))
    assert children <= set(Guardianship.objects.values_list("child", flat=True))


def test_every_pupil_but_the_youngest_has_a_record_once(small_city: None) -> None:
    people_demo.build(size="city", say=str, now=NOON)
    students_demo.build(size="city", say=str, now=NOON)
    taught = ClassMembership.objects.exclude(klass__stage=Stage.PRESCHOOL)
    expected = taught.values("person").distinct().count()
    assert StudentRecord.objects.filter(ended_on=None).count() == expected
    students_demo.build(size="city", say=str, now=NOON)
    assert StudentRecord.objects.count() == expected


def test_resources_are_published_by_the_actions_and_go_on_after_an_interruption(
    small_city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_demo.build(size="city", say=str, now=NOON)
    schools_of_first = len(filled_counties()[0].schools)
    with monkeypatch.context() as broken:
        broken.setattr(
            collection, "take_over_resources", interrupted_at(schools_of_first + 2, collection.take_over_resources)
        )
        with pytest.raises(KeyboardInterrupt):
            resources_demo.build(size="city", say=str, now=NOON)
    assert 0 < Resource.objects.count() < RESOURCES
    assert Resource.objects.filter(published=None).count() == 0

    said: list[str] = []
    resources_demo.build(size="city", say=said.append, now=NOON)
    resources_demo.build(size="city", say=str, now=NOON)
    assert f"{RESOURCES}/{RESOURCES}" in said[-1]
    assert Resource.objects.count() == Entry.objects.count() == Change.objects.count() == RESOURCES
    assert ReviewStep.objects.count() == RESOURCES
    assert Blob.objects.count() == 1
    entry = Entry.objects.order_by("?").first()
    assert entry is not None
    found = find_entries(actor=PUBLIC_ACTOR, text=entry.title, size=RESOURCES)
    assert entry.uuid in {one.uuid for one in found.items}


def test_quality_is_checked_again_once_people_came(small_city: None) -> None:
    for _time in range(2):
        quality_demo.build(size="city", say=str, now=NOON)
    assert Run.objects.count() == 1
    people_demo.build(size="city", say=str, now=NOON.replace(hour=NOON.hour + 1))
    for _time in range(2):
        quality_demo.build(size="city", say=str, now=NOON.replace(hour=NOON.hour + 2))
    assert Run.objects.count() == 2
    assert AuditRow.objects.filter(deed="quality.run_ordered").count() == 2


def test_ctrl_c_ends_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "platform_at_hand", lambda *_args, **_named: nullcontext())
    monkeypatch.setattr(command, "alone", nullcontext)
    monkeypatch.setattr(command, "migrate", lambda _say: 0)
    monkeypatch.setattr(command, "build_demo", interrupted)
    told = CliRunner().invoke(command.command, ["--size", "city"])
    assert told.exit_code == 130
    assert len(told.stderr.splitlines()) == 1
    assert "Stopped" in told.stderr
