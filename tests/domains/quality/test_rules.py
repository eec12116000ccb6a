"""The shipped rules: every one can be asked, and each finds what it is about."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from heluo.domains.quality.actions import load_rules, set_rule
from heluo.domains.quality.actions.setting import DATA
from heluo.domains.quality.enums import Check, Dataset, Dimension
from heluo.domains.quality.errors import BoundsCrossed, NotOfThisRule, ReasonNeeded, SettingUnchanged
from heluo.domains.quality.models import Rule, RuleSetting
from heluo.domains.quality.queries import settings_in_force
from heluo.domains.quality.queries.checks import look
from heluo.domains.quality.queries.datasets import fields_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.codes.public import rows_of
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import ClassMembership, Guardianship, Person, Post, Teaching
from heluo.kernel.people.public import NewIdentifier, record_identifiers
from tests.domains.quality.conftest import BORN, Checked
from tests.register import CLERK, NOON, OTHER_COUNTY, TODAY, actor_at, klass, person, school

ROWS = list(rows_of(DATA))


def broken(key: str, *, below: str = "", on: date = TODAY) -> list[str]:
    """The titles of what breaks a rule."""
    rule = Rule.objects.get(key=key)
    found = look(rule, settings_in_force()[rule.pk], below=below, on=on).broken
    return sorted(found.values_list("title", flat=True))


@pytest.mark.parametrize("row", ROWS, ids=[row["key"] for row in ROWS])
def test_a_shipped_rule_names_what_there_is(row: dict[str, str]) -> None:
    assert row["field"] in fields_of(Dataset(row["dataset"]))
    assert row["dimension"] in Dimension
    assert row["check"] in Check
    wanted = {
        Check.BETWEEN: {"least", "most"},
        Check.IN_CODE_TABLE: {"table"},
        Check.YOUNGER_THAN: {"days"},
    }.get(Check(row["check"]), set())
    assert set(json.loads(row["parameters"])) == wanted
    assert row["name_en"].isascii()
    assert row["advice_en"].isascii()


def test_every_dimension_has_a_rule() -> None:
    assert {row["dimension"] for row in ROWS} == set(Dimension.values)


@pytest.mark.django_db
def test_rules_are_loaded_once_and_keep_their_setting(checked: Checked) -> None:
    rule = Rule.objects.get(key="class-size")
    set_rule(
        by=checked.province, rule=rule, is_on=True, parameters={"least": 0, "most": 45}, weight=1, due_days=180,
        reason="本省要求更严", now=NOON,
    )  # fmt: skip
    load_rules()
    assert RuleSetting.objects.filter(rule=rule).count() == 2
    assert settings_in_force()[rule.pk].parameters == {"least": 0, "most": 45}


# -- what each rule finds ---------------------------------------------------------------------------------------------


def test_missing_facts_of_pupils(checked: Checked) -> None:
    first, second = checked.pupils
    Person.objects.filter(pk=first.pk).update(sex="1", born_on=None)
    assert broken("pupil-has-sex") == [second.name]
    assert broken("pupil-has-birthday") == [first.name]
    assert broken("pupil-has-class") == []
    ClassMembership.objects.filter(person=second).delete()
    assert broken("pupil-has-class") == [second.name]


def test_identifiers_are_looked_for_but_not_read(checked: Checked, settings: Any, tmp_path: Any) -> None:
    settings.DATA, settings.IDENTIFIER_KEYS = tmp_path, None
    first, second = checked.pupils
    record_identifiers(by=CLERK, identifiers=[NewIdentifier(first, IdentifierKind.PHONE, "13800000000")], now=NOON)
    assert broken("pupil-has-resident-id") == sorted([first.name, second.name])
    assert broken("pupil-has-student-number") == sorted([first.name, second.name])


def test_guardians_are_recorded_and_of_age(checked: Checked) -> None:
    first, second = checked.pupils
    parent = person(Role.GUARDIAN, checked.school, "洛书父", born_on=date(1990, 1, 1))
    Guardianship.objects.create(guardian=parent, child=first, starts_on=BORN)
    assert broken("pupil-has-guardian") == [second.name]
    assert broken("guardian-is-adult") == []
    Person.objects.filter(pk=parent.pk).update(born_on=TODAY - timedelta(days=17 * 365))
    assert broken("guardian-is-adult") == [first.name]


def test_a_code_outside_its_table(checked: Checked) -> None:
    first, _second = checked.pupils
    Person.objects.filter(pk=first.pk).update(sex="7")
    assert broken("pupil-sex-in-table") == [first.name]
    assert broken("school-type-in-table") == []
    Organisation.objects.filter(pk=checked.school.pk).update(school_type="999")
    assert broken("school-type-in-table") == [checked.school.name]


def test_ages_that_cannot_be(checked: Checked) -> None:
    first, second = checked.pupils
    assert broken("pupil-age-fits-stage") == []
    Person.objects.filter(pk=first.pk).update(born_on=date(2012, 5, 1))
    Person.objects.filter(pk=second.pk).update(born_on=None)
    assert broken("pupil-age-fits-stage") == [first.name]
    person(Role.TEACHER, checked.school, "洛书师", born_on=date(1940, 1, 1))
    assert broken("teacher-age-plausible") == ["洛书师"]


def test_the_same_pupil_twice_in_two_counties(checked: Checked) -> None:
    first, _second = checked.pupils
    elsewhere = school("2141970002", "另一示例小学", OTHER_COUNTY)
    twin = person(Role.PUPIL, elsewhere, first.name, born_on=BORN)
    assert broken("pupil-twice") == [first.name, first.name]
    assert broken("pupil-twice", below=elsewhere.path) == [first.name]
    Person.objects.filter(pk=twin.pk).update(sex="2")
    assert broken("pupil-twice") == []


def test_one_pupil_at_two_schools(checked: Checked) -> None:
    first, _second = checked.pupils
    elsewhere = school("2141970002", "另一示例小学", OTHER_COUNTY)
    assert broken("pupil-at-one-school") == []
    Post.objects.create(person=first, organisation=elsewhere, role=Role.PUPIL, starts_on=TODAY)
    assert broken("pupil-at-one-school") == [first.name, first.name]
    assert broken("pupil-class-at-school", below=elsewhere.path) == [first.name]
    assert broken("pupil-class-at-school", below=checked.school.path) == []


def test_classes(checked: Checked) -> None:
    assert len(broken("class-has-homeroom")) == 1
    assert broken("class-has-pupils") == []
    teacher = person(Role.TEACHER, checked.school, "洛书师", born_on=date(1980, 1, 1))
    assert broken("teacher-teaches") == ["洛书师"]
    Teaching.objects.create(person=teacher, klass=checked.klass, is_homeroom=True, starts_on=TODAY)
    assert broken("class-has-homeroom") == broken("teacher-teaches") == []
    klass(checked.school, number=2)
    assert broken("class-has-pupils") == ["primary 2024 002"]
    Klass.objects.filter(number=2).update(stage=Stage.JUNIOR)
    assert broken("class-stage-taught") == ["junior 2024 002"]


def test_class_sizes_by_the_bounds_of_the_setting(checked: Checked) -> None:
    rule = Rule.objects.get(key="class-size")
    assert broken("class-size") == []
    set_rule(
        by=checked.province, rule=rule, is_on=True, parameters={"least": 0, "most": 1}, weight=1, due_days=180,
        reason="试行小班化", now=NOON,
    )  # fmt: skip
    assert broken("class-size") == ["primary 2024 001"]


def test_a_closed_class_still_holds_pupils(checked: Checked) -> None:
    Klass.objects.filter(pk=checked.klass.pk).update(closed_on=TODAY)
    assert len(broken("pupil-class-is-open")) == 2
    assert broken("pupil-class-is-open", on=TODAY - timedelta(days=1)) == []


def test_schools(checked: Checked) -> None:
    assert broken("school-has-administrator") == [checked.school.name]
    person(Role.SCHOOL_ADMIN, checked.school, "洛书管", born_on=date(1980, 1, 1))
    assert broken("school-has-administrator") == []
    empty = school("2141970002", "另一示例小学", OTHER_COUNTY)
    assert broken("school-has-classes") == [empty.name]
    assert broken("school-roster-fresh") == []
    later = SchoolYear(TODAY.year + 1).first_day
    assert broken("school-roster-fresh", on=later) == sorted([checked.school.name, empty.name])


def test_a_rule_that_is_off_looks_at_nothing(checked: Checked) -> None:
    rule = Rule.objects.get(key="pupil-has-sex")
    set_rule(
        by=checked.province, rule=rule, is_on=False, parameters={}, weight=2, due_days=30, reason="暂不要求",
        now=NOON,
    )  # fmt: skip
    looked = look(rule, settings_in_force()[rule.pk], below="", on=TODAY)
    assert not looked.rows.exists()
    assert not looked.broken.exists()


# -- setting rules ----------------------------------------------------------------------------------------------------


def settle(checked: Checked, **changed: Any) -> RuleSetting:
    given: dict[str, Any] = {
        "by": checked.province,
        "rule": Rule.objects.get(key="class-size"),
        "is_on": True,
        "parameters": {"least": 0, "most": 50},
        "weight": 1,
        "due_days": 180,
        "reason": "本省要求更严",
        "now": NOON,
    }
    return set_rule(**(given | changed))


def test_refusals_of_a_setting(checked: Checked) -> None:
    with pytest.raises(ReasonNeeded):
        settle(checked, reason=" 严 ")
    with pytest.raises(BoundsCrossed) as crossed:
        settle(checked, parameters={"least": 60, "most": 50})
    assert "60" in str(crossed.value)
    with pytest.raises(NotOfThisRule):
        settle(checked, parameters={"days": 3})
    with pytest.raises(SettingUnchanged):
        settle(checked, parameters={"least": 0, "most": 55})
    with pytest.raises(NotAllowed):
        settle(checked, by=checked.officer)
    with pytest.raises(NotAllowed):
        settle(checked, by=actor_at(Role.SCHOOL_ADMIN, checked.school))
    assert RuleSetting.objects.filter(rule__key="class-size").count() == 1
