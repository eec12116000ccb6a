"""Stable codes of roster batches, and the words for what can be wrong with a cell."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.tables.public import CellFault


class BatchState(models.TextChoices):
    """Where a batch stands on its way into the register."""

    RECEIVED = "received", _("等待读取")
    READING = "reading", _("正在读取")
    READ = "read", _("等待确认")
    IMPORTING = "importing", _("正在导入")
    IMPORTED = "imported", _("已导入")
    REFUSED = "refused", _("不能导入")
    CANCELLED = "cancelled", _("已取消")


MOVING_STATES = frozenset({BatchState.RECEIVED, BatchState.READING, BatchState.IMPORTING})
"""The platform is at work; the page follows."""
UNREADABLE_STATES = frozenset({BatchState.REFUSED})
OPEN_STATES = MOVING_STATES | {BatchState.READ}


class RowKind(models.TextChoices):
    """What a row is about: the sheets of the template."""

    KLASS = "klass", pgettext_lazy("sheet", "班级")
    TEACHER = "teacher", _("教师")
    PUPIL = "pupil", _("学生")
    GUARDIAN = "guardian", _("监护人")
    TEACHING = "teaching", _("任课")


class PartState(models.TextChoices):
    """Where one school of a batch stands."""

    WAITING = "waiting", _("等待")
    DONE = "done", _("已完成")
    STOPPED = "stopped", _("未导入")


class Choice(models.TextChoices):
    """What the operator wants imported."""

    ALL = "all", _("全部")
    CLEAN = "clean", _("只导入没有错误的行")


class Severity(models.TextChoices):
    ERROR = "error", _("错误")
    WARNING = "warning", _("提示")


class Fault(models.TextChoices):
    """What is wrong with a cell or a row, as a sentence; `{…}` come with the finding."""

    REQUIRED = "required", _("必填，这里是空的")
    TOO_LONG = "too_long", _("太长，最多 {most} 个字")
    STRANGE_NAME = "strange_name", _("姓名里有不该出现的字符")
    DATE_UNREADABLE = "date_unreadable", _("不是能识别的日期")
    DATE_UNLIKELY = "date_unlikely", _("日期不合理：早于 {first} 或晚于今天")
    WHOLE_NUMBER = "whole_number", _("应为 1 到 {most} 的整数")
    NOT_IN_TABLE = "not_in_table", _("不在可填的范围内")
    NUMBER_LENGTH = "number_length", _("应为 {expected} 位，这里有 {found} 位")
    NUMBER_CHARACTERS = "number_characters", _("含有不该出现的字符")
    NUMBER_CHECK = "number_check", _("校验码不对，其中可能有一位写错或两位颠倒")
    NUMBER_DATE = "number_date", _("号码里的出生日期不存在或晚于今天")
    NUMBER_TYPE = "number_type", _("应以 G、J 或 L 开头")
    PHONE = "phone", _("手机号应为 11 位数字，以 1 开头")
    LOST_DIGITS = CellFault.LOST_DIGITS.value, CellFault.LOST_DIGITS.label
    FORMULA = CellFault.FORMULA.value, CellFault.FORMULA.label
    ERROR_VALUE = CellFault.ERROR_VALUE.value, CellFault.ERROR_VALUE.label
    MERGED = CellFault.MERGED.value, CellFault.MERGED.label
    BIRTHDAY_MISMATCH = "birthday_mismatch", _("与{number}里的出生日期不一致")
    SEX_MISMATCH = "sex_mismatch", _("与身份证号里的性别不一致")
    NUMBERS_MISMATCH = "numbers_mismatch", _("学籍号与身份证号不一致")
    NO_NUMBER = "no_number", _("{numbers}至少要填一个")
    SCHOOL_MISSING = "school_missing", _("没有写明是哪所学校")
    SCHOOL_UNKNOWN = "school_unknown", _("不在您管理的范围内，或没有这所学校")
    CLASS_UNKNOWN = "class_unknown", _("“{label}”既不在“班级”表里，学校也没有开设")
    STAGE_NOT_TAUGHT = "stage_not_taught", _("这所学校不设这个年级")
    TWICE = "twice", _("与“{sheet}”第 {row} 行重复")
    HOMEROOM_TWICE = "homeroom_twice", _("这个班在第 {row} 行已有班主任")
    SEVERAL_PEOPLE = "several_people", _("几个号码分别登记在不同的人名下")
    OTHER_NAME = "other_name", _("这个号码登记在“{name}”名下")
    PUPIL_ELSEWHERE = "pupil_elsewhere", _("已是{place}的学生，还没有转出")
    NOT_HERE = "not_here", _("名册和学校登记里都没有这个人")
    POINTS_TO_WRONG = "points_to_wrong", _("所指的“{sheet}”第 {row} 行还有错误")
    OWN_GUARDIAN = "own_guardian", _("把学生本人填成了监护人")
    FACTS_KEPT = "facts_kept", _("与登记的不一致；此人还属于别的单位，登记内容不会更改")
    TEACHES_ELSEWHERE = "teaches_elsewhere", _("同时在{place}任教")
    HEADER_MISSING = "header_missing", _("缺少这一列")
    HEADER_TWICE = "header_twice", _("这一列出现了两次")
    HEADER_UNKNOWN = "header_unknown", _("不认识这一列，其中的内容不会导入")
    SHEET_UNKNOWN = "sheet_unknown", _("不认识这张工作表，其中的内容不会导入")
    SHEET_HIDDEN = "sheet_hidden", _("这张工作表是隐藏的，看不见的内容不导入")
    REFERENCE_UNKNOWN = "reference_unknown", _("指向“{sheet}”里没有的 {found}")
    NUMBER_UNKNOWN = "number_unknown", _("这个平台号不是这所学校的人")
    LINE_LENGTH = "line_length", _("这一行有 {cells} 格，表头有 {headings} 格")
    FILE_UNKNOWN = "file_unknown", _("不认识这个文件，其中的内容不会导入")
    FILE_IGNORED = "file_ignored", _("平台的名册里没有这类内容，这个文件不会导入")
    FILE_UNLISTED = "file_unlisted", _("manifest.csv 说包里没有这个文件，其中的内容不会导入")
    ROLE_IGNORED = "role_ignored", _("“{role}”不由名册登记，这样的任职不会导入")
    ROLE_MISSING = "role_missing", _("roles.csv 里没有此人的任职，不知道是哪所学校的什么人")
    ROLE_LATER = "role_later", _("{day} 才开始，现在不会导入")
    DELETION_IGNORED = "deletion_ignored", _("这类删除不由名册办理，不会导入")
    PASSWORD_IGNORED = "password_ignored", _("密码不会导入")
    CLASS_UNPLACED = "class_unplaced", _("看不出是哪个年级的几班")
    LESSON_UNPLACED = "lesson_unplaced", _("不是一个行政班的课，其中的任课不会导入")
    LEADER_IGNORED = "leader_ignored", _("既不是班主任，也没有写明学科，不会导入")
    OTHER_YEAR = "other_year", _("不属于本学年（{year}）")
    SEAT_TWICE = "seat_twice", _("在第 {row} 行已编入另一个班")
    SEAT_MISSING = "seat_missing", _("没有编入行政班")


REMEDIES: dict[Fault, Promise] = {
    Fault.REQUIRED: _("请填写{column}"),
    Fault.TOO_LONG: _("请缩短"),
    Fault.STRANGE_NAME: _("只写姓名，不加数字、符号或备注"),
    Fault.DATE_UNREADABLE: _("写成 2016-09-01 的样子"),
    Fault.DATE_UNLIKELY: _("请对照证件核对"),
    Fault.WHOLE_NUMBER: _("只写数字，如 2"),
    Fault.NOT_IN_TABLE: _("可填：{choices}"),
    Fault.NUMBER_LENGTH: _("请对照证件补全或删去多余的字"),
    Fault.NUMBER_CHARACTERS: _("只能是数字，末位可为 X"),
    Fault.NUMBER_CHECK: _("前面各位无误时，末位应为 {check}；否则请对照证件"),
    Fault.NUMBER_DATE: _("请对照证件核对第 7 到 14 位"),
    Fault.NUMBER_TYPE: _("请对照学籍系统核对"),
    Fault.PHONE: _("请填写完整的手机号"),
    Fault.LOST_DIGITS: _("先把这一列设为“文本”格式，再重新填写完整号码"),
    Fault.FORMULA: _("复制这一列，选择性粘贴为“数值”"),
    Fault.ERROR_VALUE: _("改正公式，或直接填写内容"),
    Fault.MERGED: _("取消合并，每行各自填写"),
    Fault.BIRTHDAY_MISMATCH: _("按{number}应为 {right}，请核对二者"),
    Fault.SEX_MISMATCH: _("按身份证号应为“{right}”，请核对二者"),
    Fault.NUMBERS_MISMATCH: _("G 字头学籍号应为 G 加身份证号"),
    Fault.NO_NUMBER: _("请补填其中一个"),
    Fault.SCHOOL_MISSING: _("请填写 10 位学校标识码"),
    Fault.SCHOOL_UNKNOWN: _("请核对学校标识码"),
    Fault.CLASS_UNKNOWN: _("在“班级”表里补上这个班，或改正年级和班号"),
    Fault.STAGE_NOT_TAUGHT: _("请核对年级"),
    Fault.TWICE: _("删去其中一行"),
    Fault.HOMEROOM_TWICE: _("每个班只留一位班主任"),
    Fault.SEVERAL_PEOPLE: _("请对照证件核对每个号码"),
    Fault.OTHER_NAME: _("请核对姓名和号码"),
    Fault.PUPIL_ELSEWHERE: _("请先在“学籍”里办理转学，再编入本校"),
    Fault.NOT_HERE: _("请核对号码，或先在对应的表里补上这个人"),
    Fault.POINTS_TO_WRONG: _("先改正那一行"),
    Fault.OWN_GUARDIAN: _("请填写监护人的号码"),
    Fault.FACTS_KEPT: _("确需更正时，请由上级管理员办理"),
    Fault.TEACHES_ELSEWHERE: _("不是兼职时，请在原学校结束任职"),
    Fault.HEADER_MISSING: _("表头要与模板（数据包则为标准）里的名称一致"),
    Fault.HEADER_TWICE: _("删去多余的一列"),
    Fault.HEADER_UNKNOWN: _("需要导入时，把表头改成模板（数据包则为标准）里的名称"),
    Fault.SHEET_UNKNOWN: _("需要导入时，把工作表改成模板里的名称"),
    Fault.SHEET_HIDDEN: _("取消隐藏，或删去这张工作表"),
    Fault.REFERENCE_UNKNOWN: _("请核对编号"),
    Fault.NUMBER_UNKNOWN: _("请核对平台号，或补上身份证号、学籍号"),
    Fault.LINE_LENGTH: _("请检查这一行的逗号和引号"),
    Fault.FILE_UNKNOWN: _("需要导入时，改成标准里的文件名，并写进 manifest.csv"),
    Fault.FILE_IGNORED: _("不需要处理"),
    Fault.FILE_UNLISTED: _("需要导入时，在 manifest.csv 里写明 bulk 或 delta"),
    Fault.ROLE_IGNORED: _("管理人员请在“人员”里任命"),
    Fault.ROLE_MISSING: _("请在 roles.csv 里写明任职"),
    Fault.ROLE_LATER: _("到时再导入一次"),
    Fault.DELETION_IGNORED: _("班级和机构请在“机构”里办理，学生离校请删除其任职"),
    Fault.PASSWORD_IGNORED: _("导入后按班打印激活码，每人自己设置密码"),
    Fault.CLASS_UNPLACED: _("grades 写年级代码，title 写成 三年级（2）班 的样子"),
    Fault.LESSON_UNPLACED: _("需要导入时，grades 写年级代码，title 写成 三年级（2）班 语文 的样子"),
    Fault.LEADER_IGNORED: _("任课请编入写明学科的班级，班主任请把 primary 写成 true"),
    Fault.OTHER_YEAR: _("请从源系统导出本学年的数据"),
    Fault.SEAT_TWICE: _("每名学生只留一个行政班"),
    Fault.SEAT_MISSING: _("需要编班时，在 enrollments.csv 里编入 homeroom 班级"),
}
"""What would be right."""
