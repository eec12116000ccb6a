"""Typed refusals about student records. `NotFound` of the kernel also stands for "not yours"."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class AlreadyHasARecord(Refusal):
    code = "already_has_a_record"
    message = _("{person}已有一份学籍。一人只有一份学籍：从别的学校来的学生请办理转学，不要重复建籍。")


class NotAPupilOfTheSchool(Invalid):
    code = "not_a_pupil_of_the_school"
    message = _("{person}没有登记为“{school}”的学生。请先在人员里登记，再建立学籍。")


class StageNotTaughtHere(Invalid):
    code = "stage_not_taught_here"
    message = _("“{school}”的办学类型不含{stage}学段，不能在这里建立这个学段的学籍。")


class EntryYearOutOfRange(Invalid):
    code = "entry_year_out_of_range"
    message = _("入学年 {entry_year} 的学生现在不在{stage}学段。请核对入学年。")


class LengthOutOfRange(Invalid):
    code = "length_out_of_range"
    message = _("学制应为 1 到 12 年。")


class BirthdayNeeded(Invalid):
    code = "birthday_needed"
    message = _("{person}没有登记出生日期，编不出临时学籍号。请先补登出生日期，或直接填写学籍号。")


class WrongNumberType(Invalid):
    code = "wrong_number_type"
    message = _("只有临时号（以 L 开头）才能转为正式号。")


class ResidentNumberMissing(Refusal):
    code = "resident_number_missing"
    message = _("{person}还没有登记居民身份证号，不能转为正式号。请学校先登记。")


class RecordEnded(Refusal):
    code = "record_ended"
    message = _("这份学籍已于 {day} 终止，不能再办理异动。")


class ChangeNotAllowed(Refusal):
    """The rule of the stage says no, and why."""

    code = "change_not_allowed"
    message = _("{stage}学段不能办理“{change}”。{why}")


class ChangeOutOfState(Refusal):
    code = "change_out_of_state"
    message = _("学生现在的状态是“{state}”，不能办理“{change}”。")


class AlreadyUnderDiscipline(Refusal):
    code = "already_under_discipline"
    message = _("这名学生已有未解除的处分。请先解除。")


class NotUnderDiscipline(Refusal):
    code = "not_under_discipline"
    message = _("这名学生没有未解除的处分。")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("办理“{change}”要选择原因。")


class DocumentNeeded(Invalid):
    code = "document_needed"
    message = _("办理“{change}”要填写审批文号。")


class ClassNeeded(Invalid):
    code = "class_needed"
    message = _("办理“{change}”要选择班级。")


class ClassOfAnotherGrade(Invalid):
    code = "class_of_another_grade"
    message = _("所选班级与“{change}”不符：{expected}。请重新选择。")


class ClassOfAnotherSchool(Invalid):
    code = "class_of_another_school"
    message = _("所选班级不是这所学校、这个学段的班级。")


class SameClass(Invalid):
    code = "same_class"
    message = _("学生现在就在这个班级。")


class DayOutOfRange(Invalid):
    code = "day_out_of_range"
    message = _("生效日期应在 {first} 到 {last} 之间：不早于上一次异动，也不晚于今天。")


class NotTheNewestChange(Refusal):
    code = "not_the_newest_change"
    message = _("只能更正最近的一次异动。在它之后还有别的异动，请从最近的一次开始逐次更正。")


class CannotBeCorrected(Refusal):
    code = "cannot_be_corrected"
    message = _("“{change}”不能用更正来撤销。{instead}")


class AlreadyCorrected(Refusal):
    code = "already_corrected"
    message = _("这次异动已经更正过。")


class CorrectionReasonNeeded(Invalid):
    code = "correction_reason_needed"
    message = _("请写明为什么更正。这句话会留在学籍异动记录里。")


class NobodyThere(Refusal):
    code = "nobody_there"
    message = _("这个年级（班级）现在没有在籍学生。")


class ClassesNeeded(Invalid):
    code = "classes_needed"
    message = _("请选择班级：{why}")


class UnknownInMarks(Invalid):
    code = "unknown_in_marks"
    message = _("成绩单里的 {number} 不是这个年级的学生。请核对平台号。")


class BulkSettled(Refusal):
    code = "bulk_settled"
    message = _("这次批量办理现在是“{state}”，不能再这样做。")


class NothingToApply(Refusal):
    code = "nothing_to_apply"
    message = _("预览里没有任何改动，不用执行。")


class PlanOutdated(Refusal):
    code = "plan_outdated"
    message = _("预览之后，{names}的学籍有了变化。请放弃这份预览，重新生成。")


class LaterFactsDepend(Refusal):
    code = "later_facts_depend"
    message = _("执行之后，{names}又办理了别的异动，不能整批撤销。请先更正那些异动，或逐个更正。")


class RowChoiceWrong(Invalid):
    code = "row_choice_wrong"
    message = _("这一项批量办理里不能这样选。")


class AlreadySettled(Refusal):
    code = "already_settled"
    message = _("这一组疑似重复已经有结论。")


class AlreadySpoken(Refusal):
    code = "already_spoken"
    message = _("您的部门已对这一组疑似重复发表过意见，正在等另一方或上级。")


class KeptRecordNeeded(Invalid):
    code = "kept_record_needed"
    message = _("判定为同一人时，请选定保留哪一份学籍。")


class DecisionReasonNeeded(Invalid):
    code = "decision_reason_needed"
    message = _("请写明判定的依据。")


class SameSchool(Invalid):
    code = "same_school"
    message = _("学生现在就在这所学校。")


class CannotTransferNow(Refusal):
    code = "cannot_transfer_now"
    message = _("{why}期间不予转学。")


class TransferUnderWay(Refusal):
    code = "transfer_under_way"
    message = _("这名学生已有一件转学正在办理。")


class TransferReasonNeeded(Invalid):
    code = "transfer_reason_needed"
    message = _("请写明转学理由。")


class NotYourStep(Refusal):
    status = 403
    code = "not_your_step"
    message = _("这件转学现在由“{place}”办理。")


class StepAlreadyDecided(Refusal):
    code = "step_already_decided"
    message = _("这一步已经有人办理，您的决定没有生效。请打开转学查看。")


class TransferSettled(Refusal):
    code = "transfer_settled"
    message = _("这件转学已经办结。")


class RefusalNeedsComment(Invalid):
    code = "refusal_needs_comment"
    message = _("不同意时请写明原因，申请的学校会看到。")


class TooEarlyToGraduate(Refusal):
    code = "too_early_to_graduate"
    message = _("{person}的学制是 {length} 年，现在是第 {year} 年，还不能毕业或结业。")


class SourceNeeded(Invalid):
    code = "source_needed"
    message = _("请写明依据的文件，它会显示给各学校。")


class WhyNotNeeded(Invalid):
    code = "why_not_needed"
    message = _("不可以办理时，请写一句说明给学校看。")
