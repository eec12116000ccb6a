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
    message = _("“{parent}”不能管理“{organisation}”：教育主管部门和学校只能由教育主管部门管理，教学点只能由学校管理。")


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
