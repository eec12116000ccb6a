"""Why something cannot be done to an organisation."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class OrganisationUnknown(Invalid):
    code = "organisation_unknown"
    message = _("没有叫“{text}”的单位。请填写单位全称、学校（机构）标识码，或主管部门所在地的行政区划代码。")


class OrganisationNotClear(Invalid):
    code = "organisation_not_clear"
    message = _("“{text}”没有指明是哪一个单位，请改填代码或全称：{choices}")


class CodeTaken(Refusal):
    code = "code_taken"
    message = _("标识码 {code} 已经发给别的学校，或曾经用过。标识码一经使用永不再用，请核对发码通知。")


class CodeClassMismatch(Invalid):
    code = "code_class_mismatch"
    message = _("标识码 {code} 的类别与办学类型“{school_type}”不符：这一类型的标识码应以 {expected} 开头。")


class CodeOfAnotherProvince(Invalid):
    code = "code_of_another_province"
    message = _("标识码 {code} 的第三、四位不是本省代码 {expected}。请对照发码通知检查。")


class NotASchoolType(Invalid):
    code = "not_a_school_type"
    message = _("“{school_type}”不能作为独立学校设立。附设班随主体学校登记，教学点请挂在中心校下。")


class NameMissing(Invalid):
    code = "name_missing"
    message = _("请填写名称。")


class NameUnchanged(Refusal):
    code = "name_unchanged"
    message = _("新名称与现名“{name}”相同。")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("请写明理由（依据的文件或事由）。")


class TreeCycle(Refusal):
    code = "tree_cycle"
    message = _("“{parent}”在“{organisation}”之下，不能反过来管理它。请先调整其中一方的隶属关系。")


class AlreadyThere(Refusal):
    code = "already_there"
    message = _("“{organisation}”现在就由“{parent}”管理。")


class WrongSuperior(Refusal):
    code = "wrong_superior"
    message = _("“{parent}”不能管理“{organisation}”：教学点只能由学校管理，其他单位只能由教育主管部门管理。")


class OrganisationClosed(Refusal):
    code = "organisation_closed"
    message = _("“{organisation}”已经撤销，不能再更改。")


class StillHasSubordinates(Refusal):
    code = "still_has_subordinates"
    message = _("“{organisation}”下面还有 {count} 个单位没有撤销或调走，请先处理它们。")


class ClassExists(Refusal):
    code = "class_exists"
    message = _("“{school}”已有这个年份入学的 {number} 班。")


class StageNotTaught(Invalid):
    code = "stage_not_taught"
    message = _("“{school}”的办学类型不含{stage}学段。")


class EntryYearUnlikely(Invalid):
    code = "entry_year_unlikely"
    message = _("入学年 {entry_year} 的学生现在不在{stage}学段。请核对入学年。")


class ImpossibleTerm(Invalid):
    code = "impossible_term"
    message = _("学期的最后一天应在第一天之后，并且都在该学年之内。")


class AnswersToProvince(Refusal):
    code = "answers_to_province"
    message = _("“{organisation}”属于高等教育或科研机构，只能由{level}教育主管部门管理。")


class CodeStays(Refusal):
    code = "code_stays"
    message = _("标识码类别不变时沿用原码 {code}，不需要新码。请把新标识码一栏留空。")


class CodeNeeded(Invalid):
    code = "code_needed"
    message = _("标识码类别改变，须重编标识码：请填写以 {expected} 开头的新码，见发码通知。")


class NotASchool(Refusal):
    code = "not_a_school"
    message = _("“{organisation}”不是有标识码的学校。")


class ClassesOfOtherStages(Refusal):
    code = "classes_of_other_stages"
    message = _(
        "“{organisation}”有 {count} 个班级（如{stage}）不在这一办学类型的学段内。请先处理这些班级，或选择别的类型。"
    )


class NotYet(Invalid):
    code = "not_yet"
    message = _("日期不能晚于今天。到那一天再登记。")


class BeforeLastChange(Invalid):
    code = "before_last_change"
    message = _("日期不能早于上一次变更生效的 {day}，否则沿革会前后矛盾。")


class NotClosed(Refusal):
    code = "not_closed"
    message = _("“{organisation}”没有撤销，不需要恢复。")


class RegionHasBureau(Refusal):
    code = "region_has_bureau"
    message = _("{region}已有教育主管部门，不能再恢复这一个。")


class NobodyToMerge(Invalid):
    code = "nobody_to_merge"
    message = _("请选择要并入的学校。")


class MergedWithItself(Invalid):
    code = "merged_with_itself"
    message = _("“{organisation}”不能并入自己。")


class NoClassesChosen(Invalid):
    code = "no_classes_chosen"
    message = _("请选择划给新校的班级。")


class ClassNotThere(Refusal):
    code = "class_not_there"
    message = _("所选班级中有的已不在“{organisation}”。请刷新页面后重选。")


class NotAnInstitution(Invalid):
    code = "not_an_institution"
    message = _("请选择企业或培训机构。")


class CreditCodeMissing(Invalid):
    code = "credit_code_missing"
    message = _("企业和培训机构须填写统一社会信用代码。")


class CreditCodeTaken(Refusal):
    code = "credit_code_taken"
    message = _("统一社会信用代码 {code} 已登记在另一个单位名下。请核对证照。")


class NotEnglish(Invalid):
    code = "not_english"
    message = _("英文名称中不应有汉字。")


class MalformedPostcode(Invalid):
    code = "malformed_postcode"
    message = _("邮政编码是 6 位数字。")


class MalformedPhone(Invalid):
    code = "malformed_phone"
    message = _("电话号码只含数字、空格、括号、连字符或“转”。")


class FoundedInFuture(Invalid):
    code = "founded_in_future"
    message = _("建校（成立）日期不能晚于今天。")


class FactsUnchanged(Refusal):
    code = "facts_unchanged"
    message = _("填写的内容与现有登记信息相同。")


class RowRefused(Invalid):
    code = "row_refused"
    message = _("第 {row} 行“{name}”：{refusal}")
