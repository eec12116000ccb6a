"""A school's lists are merged in sets: only differences are written, the absent end, clashes stop everything."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import is_password_usable

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditDifference, AuditRow
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.enums import ClashKind, Deed, IdentifierKind
from heluo.kernel.people.errors import ListsClash, TooManyEnd
from heluo.kernel.people.models import (
    Account,
    ClassMembership,
    Guardianship,
    Identifier,
    Person,
    Post,
    Teaching,
)
from heluo.kernel.people.public import (
    ListedGuardianship,
    ListedPerson,
    ListedTeaching,
    Lists,
    Merged,
    compare_lists,
    find_by_identifier,
    merge_lists,
    search_people,
)
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, OTHER_COUNTY, TODAY, actor_at, klass, person, school

RESIDENT, STUDENT, PHONE = IdentifierKind.RESIDENT_ID, IdentifierKind.STUDENT_NUMBER, IdentifierKind.PHONE
LATER = NOON + timedelta(days=30)


def resident(serial: int) -> str:
    first = f"99999920160101{serial:03}"
    return first + resident_check(first)


def pupil(line: int, room: Klass, *, serial: int | None = None, name: str = "") -> ListedPerson:
    serial = line if serial is None else serial
    return ListedPerson(
        line=line,
        role=Role.PUPIL,
        name=name or f"河洛{serial}",
        sex="1",
        born_on=date(2016, 1, 1),
        identifiers=((RESIDENT, resident(serial)), (STUDENT, f"G{resident(serial)}")),
        klass=room.pk,
    )


def merge(lists: Lists, percent: int | None = 100, by: object = CLERK, now: object = NOON) -> Merged:
    return merge_lists(by=by, lists=lists, most_ended_percent=percent, now=now)  # type: ignore[arg-type]


def whole(small: School) -> Lists:
    """Two pupils, their teacher and a mother of both."""
    mother = ListedPerson(line=11, role=Role.GUARDIAN, name="嵩云母", identifiers=((PHONE, "10000000011"),))
    return Lists(
        school=small.school,
        lines=(
            pupil(1, small.klass),
            pupil(2, small.klass),
            ListedPerson(line=3, role=Role.TEACHER, name="邙岭师", identifiers=((PHONE, "10000000003"),)),
            ListedTeaching(line=4, teacher=3, klass=small.klass.pk, subject="13", is_homeroom=True),
            mother,
            ListedPerson(line=12, role=Role.PUPIL, identifiers=((RESIDENT, resident(1)),), is_reference=True),
            ListedGuardianship(line=13, guardian=11, child=12, relation="母亲"),
            replace(mother, line=21),
            ListedPerson(line=22, role=Role.PUPIL, identifiers=((STUDENT, f"G{resident(2)}"),), is_reference=True),
            ListedGuardianship(line=23, guardian=21, child=22, relation="母亲"),
        ),
    )


def test_new_people_get_all_they_need_in_one_merge(small: School) -> None:
    merged = merge(whole(small))
    assert merged.counts["new"] == 4
    child = find_by_identifier(CLERK, RESIDENT, resident(1), on=TODAY)
    assert child is not None
    assert (child.name, child.sex, child.born_on) == ("河洛1", "1", date(2016, 1, 1))
    assert child.identifiers.count() == 2
    account = Account.objects.get(person=child)
    assert account.username == child.number.lower()
    assert not is_password_usable(account.password)
    assert account.must_change_password
    assert ClassMembership.objects.get(person=child).klass == small.klass
    teaching = Teaching.objects.get(klass=small.klass)
    assert (teaching.person.name, teaching.subject, teaching.is_homeroom) == ("邙岭师", "13", True)
    assert {(row.guardian.name, row.child.name) for row in Guardianship.objects.all()} == {
        ("嵩云母", "河洛1"),
        ("嵩云母", "河洛2"),
    }
    assert Person.objects.filter(name="嵩云母").count() == 1
    row = AuditRow.objects.get(deed="people.lists_merged")
    assert AuditDifference.objects.filter(row=row).count() == 4
    assert "9999" not in str([one.after for one in AuditDifference.objects.filter(row=row)])


def test_merging_the_same_again_writes_nothing(small: School) -> None:
    merge(whole(small))
    before = [list(model.objects.order_by("pk").values()) for model in (Person, Post, Identifier, Teaching)]
    merged = merge(whole(small), now=LATER)
    assert {deed for deed, _fields in merged.comparison.deeds.values()} == {Deed.SAME}
    assert before == [list(model.objects.order_by("pk").values()) for model in (Person, Post, Identifier, Teaching)]
    assert AuditRow.objects.filter(deed="people.lists_merged").count() == 1


def test_only_differences_are_written(small: School) -> None:
    merge(whole(small))
    other = klass(small.school, number=2)
    lists = Lists(
        school=small.school,
        lines=(replace(pupil(1, other), name="河洛改名"), pupil(2, small.klass)),
    )
    merged = merge(lists, now=LATER)
    assert merged.comparison.deeds == {1: (Deed.CHANGED, ("name", "class")), 2: (Deed.SAME, ())}
    child = Person.objects.get(name="河洛改名")
    assert child.name_sort == "heluogaiming"
    seats = list(child.class_memberships.order_by("starts_on").values_list("klass", "ends_on"))
    assert seats == [(small.klass.pk, TODAY + timedelta(days=29)), (other.pk, None)]
    difference = AuditDifference.objects.filter(row__deed="people.lists_merged").order_by("pk").last()
    assert difference is not None
    assert (difference.before["name"], difference.after["name"]) == ("河洛1", "河洛改名")


def test_the_absent_end_and_come_back(small: School) -> None:
    both = Lists(school=small.school, lines=(pupil(1, small.klass), pupil(2, small.klass)))
    merge(both)
    one = replace(both, lines=(pupil(1, small.klass),), complete=frozenset({Role.PUPIL}))
    merged = merge(one, now=LATER)
    assert merged.counts["ended"] == 2
    gone = Person.objects.get(name="河洛2")
    assert gone.posts.get().ends_on == TODAY + timedelta(days=29)
    assert gone.class_memberships.get().ends_on == TODAY + timedelta(days=29)
    assert small.teacher.posts.get().ends_on is None
    back = merge(both, now=LATER)
    assert back.comparison.deeds[2][0] == Deed.RETURNS
    assert gone.posts.filter(ends_on=None).count() == 1


def test_a_list_that_ends_many_stops(small: School) -> None:
    merge(Lists(school=small.school, lines=tuple(pupil(line, small.klass) for line in range(1, 10))))
    seven = Lists(
        school=small.school,
        lines=tuple(pupil(line, small.klass) for line in range(1, 8)),
        complete=frozenset({Role.PUPIL}),
    )
    with pytest.raises(TooManyEnd):
        merge(seven, percent=30)
    assert merge(seven, percent=None).counts["ended"] == 3


def test_clashes_are_named_and_nothing_is_written(small: School) -> None:
    merge(whole(small))
    elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
    lines = (
        pupil(1, small.klass),
        replace(pupil(5, small.klass), identifiers=((RESIDENT, resident(2)), (STUDENT, f"G{resident(1)}"))),
        pupil(6, small.klass, serial=9),
        pupil(7, small.klass, serial=9),
        ListedPerson(line=8, role=Role.GUARDIAN, name="另一人", identifiers=((PHONE, "10000000011"),)),
        ListedPerson(line=9, role=Role.PUPIL, identifiers=((RESIDENT, resident(77)),), is_reference=True),
    )
    count = Person.objects.count()
    lists = Lists(school=small.school, lines=lines)
    found = {(clash.line, clash.kind) for clash in compare_lists(by=CLERK, lists=lists, on=TODAY).clashes}
    assert {
        (5, ClashKind.SEVERAL_PEOPLE),
        (7, ClashKind.LISTED_TWICE),
        (8, ClashKind.OTHER_NAME),
        (9, ClashKind.NOT_HERE),
    } <= found
    with pytest.raises(ListsClash):
        merge(lists)
    assert Person.objects.count() == count
    far = Lists(school=elsewhere, lines=(replace(pupil(1, small.klass), klass=None),))
    [clash] = compare_lists(by=CLERK, lists=far, on=TODAY).errors
    assert clash.kind == ClashKind.PUPIL_ELSEWHERE


def test_facts_of_people_who_belong_elsewhere_too_stay(small: School) -> None:
    elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
    first = ListedPerson(line=1, role=Role.TEACHER, name="邙岭师", identifiers=((RESIDENT, resident(3)),))
    merge(Lists(school=elsewhere, lines=(first,)))
    merged = merge(Lists(school=small.school, lines=(replace(first, name="改成别人"),)))
    kinds = {clash.kind for clash in merged.comparison.clashes}
    assert kinds == {ClashKind.FACTS_KEPT, ClashKind.TEACHES_ELSEWHERE}
    found = find_by_identifier(CLERK, RESIDENT, resident(3), on=TODAY)
    assert found is not None
    assert (found.name, found.posts.count()) == ("邙岭师", 2)


def test_a_homeroom_is_handed_over(small: School) -> None:
    merge(whole(small))
    lists = Lists(
        school=small.school,
        lines=(
            ListedPerson(line=1, role=Role.TEACHER, name="新班主任", identifiers=((PHONE, "10000000099"),)),
            ListedTeaching(line=2, teacher=1, klass=small.klass.pk, subject="14", is_homeroom=True),
        ),
        complete_teachings=True,
    )
    merge(lists, now=LATER)
    [held] = Teaching.objects.filter(klass=small.klass, ends_on=None)
    assert (held.person.name, held.is_homeroom) == ("新班主任", True)


def test_merged_people_are_found_by_the_names_they_have_now(small: School) -> None:
    merge(Lists(school=small.school, lines=(pupil(1, small.klass, name="瀍波听松"),)))
    for text in ("波听", "chanbo", "cbts"):
        assert search_people(CLERK, text).people.get().name == "瀍波听松"
    merge(Lists(school=small.school, lines=(pupil(1, small.klass, name="桐花知雪"),)))
    for text in ("花知", "tonghua", "thzx"):
        assert search_people(CLERK, text).people.get().name == "桐花知雪"
    for text in ("波听", "chanbo", "cbts"):
        assert not search_people(CLERK, text).people.exists()


def test_strangers_merge_nothing(small: School) -> None:
    elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
    stranger = actor_at(Role.SCHOOL_ADMIN, elsewhere, person(Role.SCHOOL_ADMIN, elsewhere))
    with pytest.raises(NotAllowed):
        merge(whole(small), by=stranger)
    with pytest.raises(NotAllowed):
        compare_lists(by=stranger, lists=whole(small), on=TODAY)


def test_a_platform_number_is_believed_of_whom_the_school_knows(small: School) -> None:
    merge(whole(small))
    known = Person.objects.get(name="河洛1")
    elsewhere = school("2141970003", "别处小学", OTHER_COUNTY)
    stranger = person(Role.PUPIL, elsewhere, "别处人", username="x.elsewhere")
    said = ListedPerson(line=1, role=Role.PUPIL, name="河洛改名", number=known.number)
    lists = Lists(school=small.school, lines=(said, replace(said, line=2, name="别处人", number=stranger.number)))
    comparison = compare_lists(by=CLERK, lists=lists, on=TODAY)
    assert comparison.deeds[1] == (Deed.CHANGED, ("name",))
    assert [(clash.line, clash.kind) for clash in comparison.clashes] == [(2, ClashKind.NUMBER_UNKNOWN)]
    torn = replace(said, identifiers=((RESIDENT, resident(2)),))
    clashes = compare_lists(by=CLERK, lists=replace(lists, lines=(torn,)), on=TODAY).clashes
    assert ClashKind.SEVERAL_PEOPLE in {clash.kind for clash in clashes}


def test_a_line_may_say_that_something_ends(small: School) -> None:
    merge(whole(small))
    lists = Lists(
        school=small.school,
        lines=(
            replace(pupil(1, small.klass), is_reference=True, ends=True),
            ListedPerson(line=3, role=Role.TEACHER, identifiers=((PHONE, "10000000003"),), is_reference=True),
            ListedTeaching(line=4, teacher=3, klass=small.klass.pk, subject="13", ends=True),
        ),
    )
    merged = merge(lists, now=LATER)
    assert (merged.counts["ended"], merged.counts["teachings_ended"], merged.comparison.clashes) == (1, 1, ())
    assert Post.objects.get(role=Role.PUPIL, ends_on__isnull=False).person.name == "河洛1"
    assert ClassMembership.objects.get(ends_on__isnull=False).person.name == "河洛1"
