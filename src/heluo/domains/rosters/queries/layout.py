"""The sheets of the template: which columns there are, what they are called, what may stand in them.

The file speaks Chinese whatever language its reader has chosen: headings are data here, not words of a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils import translation

from heluo.domains.rosters.enums import RowKind
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES
from heluo.kernel.people.enums import IdentifierKind

EXAMPLE_MARK = "（示例）"
"""A row whose first cell ends so is shown to people and never imported."""
NOTES = "说明"
PROBLEMS = "问题"
"""The column of a file that was handed back; reading it again, it says nothing."""
LISTS = "可选内容"
"""The hidden sheet behind the drop-down lists."""
YES, NO = "是", "否"
SEXES: Mapping[str, str] = MappingProxyType({"男": "1", "女": "2"})
"""What people write, and the code of GB/T 2261.1."""
RELATIONS = ("父亲", "母亲", "祖父", "祖母", "外祖父", "外祖母", "其他")
"""Offered for a guardian; anything short may be written."""
MOST_CLASSES = 99


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in a row, its heading and other headings it goes by."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    number: IdentifierKind | None = None
    """The kind of number it holds, which is masked wherever it is shown."""
    width: int = 12
    example: str = ""
    note: str = ""
    choices: str = ""
    """Name of the list it offers."""


NAME = Column("name", "姓名", ("名字",), is_required=True, width=12, example=f"河洛知秋{EXAMPLE_MARK}")
SEX = Column("sex", "性别", width=8, example="女", choices="sex")
SCHOOL = Column("school", "学校标识码", ("学校代码", "学校（机构）标识码"), width=14, note="一个文件里有几所学校时必填")
GRADE = Column("grade", "年级", is_required=True, width=12, example="三年级", choices="grade")
NUMBER = Column("number", "班号", ("班级", "班"), is_required=True, width=8, example="2")
RESIDENT = Column(
    "resident_id", "身份证号", ("居民身份证号", "身份证件号", "证件号码"), number=IdentifierKind.RESIDENT_ID, width=22
)
PHONE = Column("phone", "手机号", ("手机", "联系电话", "电话"), number=IdentifierKind.PHONE, width=15)
COLUMNS: Mapping[RowKind, tuple[Column, ...]] = MappingProxyType(
    {
        RowKind.KLASS: (
            Column("grade", "年级", is_required=True, width=16, example=f"三年级{EXAMPLE_MARK}", choices="grade"),
            NUMBER,
            SCHOOL,
        ),
        RowKind.TEACHER: (NAME, SEX, RESIDENT, PHONE, SCHOOL),
        RowKind.PUPIL: (
            NAME,
            SEX,
            Column("born_on", "出生日期", ("出生年月", "生日"), width=14, example="2016-09-01"),
            RESIDENT,
            Column(
                "student_number",
                "学籍号",
                ("个人标识码", "全国学籍号"),
                number=IdentifierKind.STUDENT_NUMBER,
                width=24,
                note="与身份证号至少填一个",
            ),
            GRADE,
            NUMBER,
            SCHOOL,
        ),
        RowKind.GUARDIAN: (
            NAME,
            Column("phone", "手机号", PHONE.aliases, is_required=True, number=IdentifierKind.PHONE, width=15),
            RESIDENT,
            Column("relation", "与学生关系", ("关系",), width=12, example="母亲", choices="relation"),
            Column(
                "child",
                "学生身份证号或学籍号",
                ("学生证件号", "学生身份证号", "学生学籍号"),
                is_required=True,
                number=IdentifierKind.STUDENT_NUMBER,
                width=26,
            ),
            SCHOOL,
        ),
        RowKind.TEACHING: (
            Column("grade", "年级", is_required=True, width=16, example=f"三年级{EXAMPLE_MARK}", choices="grade"),
            NUMBER,
            Column(
                "teacher",
                "教师手机号或身份证号",
                ("教师手机号", "教师身份证号"),
                is_required=True,
                number=IdentifierKind.PHONE,
                width=24,
            ),
            Column("subject", "学科", ("课程", "任教学科"), width=14, example="语文", choices="subject"),
            Column("is_homeroom", "班主任", ("是否班主任",), width=10, example=YES, choices="yes"),
            SCHOOL,
        ),
    }
)
CSV_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "姓名": "familyName",
        "身份证号": "userIds",
        "学籍号": "userIds",
        "手机号": "phone",
        "班号": "title",
        "学科": "classSourcedId",
        "班主任": "primary",
        "学生身份证号或学籍号": "agentSourcedIds",
        "教师手机号或身份证号": "userSourcedId",
    }
)
"""Where in a OneRoster package stands what has this heading in the template."""
CSV = ".csv"
SHEETS: Mapping[RowKind, str] = MappingProxyType(
    {
        RowKind.KLASS: "班级",
        RowKind.TEACHER: "教师",
        RowKind.PUPIL: "学生",
        RowKind.GUARDIAN: "监护人",
        RowKind.TEACHING: "任课",
    }
)


def grades() -> dict[str, tuple[Stage, int]]:
    """Every grade as the file writes it → stage and year of the stage."""
    with translation.override("zh-hans"):
        return {str(name): (stage, place) for stage, names in GRADES.items() for place, name in enumerate(names, 1)}


def title_in(sheet: str, title: str) -> str:
    """A heading as the file of a row writes it: a sheet of the template, or a file of a package."""
    return CSV_COLUMNS.get(title, title) if sheet.endswith(CSV) else title


def column_of(kind: RowKind, heading: str) -> Column | None:
    """The column a heading means."""
    words = heading.replace(" ", "").replace("*", "").replace("＊", "").replace("\n", "")
    return next((column for column in COLUMNS[kind] if words == column.title or words in column.aliases), None)
