"""People are found by every part of a name that somebody would type, and only by those who may see them."""

import pytest

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.people.models import Person, Post
from heluo.kernel.people.queries import people_in_care, search_people
from tests.kernel.people.conftest import School
from tests.register import TERM_START, TODAY, actor_at, person, school


@pytest.fixture
def keeper(small: School) -> Actor:
    return actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)


def called(small: School, *names: str) -> list[Person]:
    return [person(Role.TEACHER, small.school, name) for name in names]


def found(keeper: Actor, text: str) -> set[str]:
    listed = search_people(keeper, text)
    return set(listed.people.order_by(*listed.order).values_list("name", flat=True))


def test_any_two_characters_and_every_beginning_find_a_name(small: School, keeper: Actor) -> None:
    called(small, "瀍波听松", "汴水听雪")
    for text in ("瀍波", "波听", "听松", "瀍波听松", "chanbo", "chanbotings", "Chan Bo", "cbts", "cb", "CBTS"):
        assert found(keeper, text) == {"瀍波听松"}, text
    assert found(keeper, "听") >= {"瀍波听松", "汴水听雪"}
    assert not found(keeper, "松听")


def test_a_lone_character_asks_for_the_surname_where_somebody_bears_it(small: School, keeper: Actor) -> None:
    called(small, "瀍波听松", "听瀍小筑")
    assert found(keeper, "瀍") == {"瀍波听松"}
    assert found(keeper, "筑") == {"听瀍小筑"}


def test_pinyin_comes_before_initials_where_letters_could_be_both(small: School, keeper: Actor) -> None:
    called(small, "慕安", "麻听雨")
    assert found(keeper, "ma") == {"麻听雨"}
    assert found(keeper, "mt") == {"麻听雨"}


def test_what_others_are_called_does_not_decide_how_a_question_is_read(small: School, keeper: Actor) -> None:
    called(small, "慕安")
    other = school("2141970002", "另一小学")
    person(Role.TEACHER, other, "麻听雨")
    assert found(keeper, "ma") == {"慕安"}


def test_names_of_other_scripts_are_found_by_their_words(small: School, keeper: Actor) -> None:
    called(small, "Ayla Demo", "河洛·Öz 雨")
    assert found(keeper, "demo") == {"Ayla Demo"}
    assert found(keeper, "ayla demo") == {"Ayla Demo"}
    assert found(keeper, "oz") == {"河洛·Öz 雨"}


@pytest.mark.parametrize("text", ["'", "%", "_", "\\", ":*", "·", "&|!", "<->", "''", "( )", "听'雨\\"])
def test_nothing_that_is_typed_is_an_error(small: School, keeper: Actor, text: str) -> None:
    assert found(keeper, text) <= {"河洛听雨"}


def test_moved_people_are_still_found_where_they_were(small: School, keeper: Actor) -> None:
    [one] = called(small, "瀍波听松")
    one.posts.update(ends_on=one.posts.get().starts_on)
    assert found(keeper, "瀍波") == {"瀍波听松"}


def test_a_role_counts_where_one_may_look(small: School, keeper: Actor) -> None:
    """Somebody who teaches here and keeps another school is a teacher here, and nothing else to this keeper."""
    [one] = called(small, "瀍波听松")
    other = school("2141970002", "另一小学")
    Post.objects.create(person=one, organisation=other, role=Role.SCHOOL_ADMIN, starts_on=TERM_START)
    held = {role: one in people_in_care(keeper, role=role, on=TODAY) for role in (Role.TEACHER, Role.SCHOOL_ADMIN)}
    assert held == {Role.TEACHER: True, Role.SCHOOL_ADMIN: False}
    one.posts.filter(role=Role.TEACHER).update(ends_on=TERM_START)
    assert one not in people_in_care(keeper, role=Role.TEACHER, on=TODAY)
    assert one in people_in_care(keeper)
