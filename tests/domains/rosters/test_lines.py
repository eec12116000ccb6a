"""Lines of a package read for themselves: which class a title means, how a name is put together, who somebody is."""

import pytest

from heluo.domains.rosters.queries.cells import Place
from heluo.domains.rosters.queries.oneroster.lines import identity, name_of, placed
from heluo.domains.rosters.queries.package import Line
from heluo.kernel.codes.public import platform_number
from heluo.kernel.organisations.enums import Stage
from tests.domains.rosters.made import resident


def line(**values: str) -> Line:
    return Line("users.csv", 2, values)


@pytest.mark.parametrize(
    ("title", "grades", "code", "told"),
    [
        ("三年级（2）班", "03", "", ("三年级", "2")),
        ("三年级(02)班 语文", "", "", ("三年级", "02")),
        ("三年级二班", "", "", ("三年级", "2")),
        ("三（1）班", "", "", ("三年级", "1")),
        ("初一12班", "", "", ("七年级", "12")),
        ("一年级十二班", "", "", ("一年级", "12")),
        ("二年级二十一班", "02", "", ("二年级", "21")),
        ("高一（5）班", "10", "", ("高一", "5")),
        ("向日葵", "PK", "2024-3", ("中班", "3")),
        ("2024级3班", "", "", ("", "3")),
        ("篮球社", "03,04", "", ("", "")),
    ],
)
def test_the_class_that_a_title_means(title: str, grades: str, code: str, told: tuple[str, str]) -> None:
    assert placed(line(title=title, grades=grades, classCode=code), None) == told


def test_the_tenth_grade_of_a_vocational_school() -> None:
    place = Place(1, "示例职业学校", frozenset({Stage.VOCATIONAL}))
    assert placed(line(title="1班", grades="10"), place) == ("中职一年级", "1")


@pytest.mark.parametrize(
    ("family", "given", "registered", "name"),
    [
        ("嵩", "云知秋", None, "嵩云知秋"),
        ("买买提", "阿依古丽", None, "阿依古丽·买买提"),
        ("阿里", "古丽", "古丽·阿里", "古丽·阿里"),
        ("Schmidt", "Anna Maria", None, "Anna Maria Schmidt"),
        ("Madonna", "Madonna", None, "Madonna"),
        ("高", "高", None, "高高"),
        ("高", "高", "高", "高"),
        ("嵩", "云知秋", "别的名字", "嵩云知秋"),
        ("", "知秋", None, "知秋"),
    ],
)
def test_a_name_is_put_together(family: str, given: str, registered: str | None, name: str) -> None:
    assert name_of(line(familyName=family, givenName=given), registered) == name


def test_who_somebody_is() -> None:
    told = line(
        userIds=f"{{residentId:{resident(1)}}},{{LDAP:x}}",
        identifier=f"G{resident(1)}",
        phone="0379-1",
        sms="10000000001",
    )
    assert {kind: cell.text for kind, cell in identity(told, {}).items()} == {
        "resident_id": resident(1),
        "student_number": f"G{resident(1)}",
        "phone": "10000000001",
    }
    assert identity(line(phone="0379-1", identifier="x-17"), {})["phone"].text == "0379-1"
    assert identity(line(identifier="x-17"), {}) == {}


def test_a_platform_number_of_another_platform_counts_only_where_there_is_nothing_else() -> None:
    number = platform_number(1)
    told = {"userIds": f"{{platformNumber:{number}}}"}
    assert "platform" in identity(line(**told), {})
    assert "platform" not in identity(line(**told, identifier=resident(1)), {})
    assert "platform" in identity(line(**told, identifier=resident(1)), {number: "嵩云知秋"})
