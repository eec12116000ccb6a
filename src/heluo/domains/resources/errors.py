"""Typed refusals of the resource centre. `NotFound` of the kernel also stands for "not yours"."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class MetadataIncomplete(Invalid):
    """Says by name what is missing; `missing` holds the form fields in question."""

    code = "metadata_incomplete"
    message = _("还不能提交，请先补充：{fields}。")

    def __init__(self, missing: Mapping[str, str | Promise]) -> None:
        super().__init__(fields="、".join(str(name) for name in missing.values()))
        self.missing = tuple(missing)


class UnknownChoice(Invalid):
    code = "unknown_choice"
    message = _("“{field_name}”里没有 {value} 这一项，请从列表中选择。")


class GradeOfAnotherStage(Invalid):
    code = "grade_of_another_stage"
    message = _("所选年级不属于所选学段，请重新选择适用学段和年级。")


class FilesNotReady(Refusal):
    code = "files_not_ready"
    message = _("文件还在检查或生成预览：{files}。完成后即可提交，一般不超过几分钟。")


class FileRefused(Refusal):
    code = "file_refused"
    message = _("文件没有通过安全检查：{files}。请移除后换一个文件。")


class DraftAlreadyOpen(Refusal):
    code = "draft_already_open"
    message = _("这个资源已有一个未完成的版本，请在那个版本上继续。")


class NotEditable(Refusal):
    code = "not_editable"
    message = _("这个版本已提交审核或已发布，不能再修改。需要改动时，请等审核结果或另起新版本。")


class AlreadyUnderReview(Refusal):
    code = "already_under_review"
    message = _("这个资源已经提交，正在等待审核，不必重复提交。")


class NotUnderReview(Refusal):
    code = "not_under_review"
    message = _("这个资源现在没有等待审核的提交，什么都没有改变。请打开资源查看现在的情况。")


class LicenceConflict(Refusal):
    """The same content is already public under terms that the licence chosen now would break."""

    code = "licence_conflict"
    message = _(
        "文件“{file}”与 {author} 已发布的《{title}》中的文件完全相同，那里的许可是“{theirs}”，不能再以“{chosen}”发布。"
        "请改用允许的许可，或移除这个文件、改放原资源的链接。"
    )


class AdaptationNotAllowed(Refusal):
    code = "adaptation_not_allowed"
    message = _("《{title}》的许可是“{theirs}”，不允许改编后发布。请征得作者同意，或者直接引用原资源的链接。")


class LicenceNotPossible(Invalid):
    """An adaptation chose terms that the work it was made of does not allow."""

    code = "licence_not_possible"
    message = _("这个作品改编自《{title}》，那里的许可是“{theirs}”，不能以“{chosen}”发布。可以选择：{possible}。")


class OwnWork(Refusal):
    status = 403
    code = "own_work"
    message = _("这是您自己的作品，请由其他审核员审核。")


class WithdrawalReasonNeeded(Invalid):
    code = "withdrawal_reason_needed"
    message = _("请写明下架原因，它会显示给曾经收藏或使用过这个资源的人。")


class NoReplacement(Invalid):
    code = "no_replacement"
    message = _("找不到这个替代资源。请粘贴一个已发布资源的网址，或留空。")


class OwnResource(Refusal):
    code = "own_resource"
    message = _("这是您自己的资源。发现问题时，请直接另起新版本改正，或下架它。")


class FaultKnown(Refusal):
    code = "fault_known"
    message = _("已经有人报告过这个资源的问题，正在处理，不用重复报告。")


class Withdrawn(Refusal):
    """What used to be public under this identifier; says why it is gone."""

    status = 410
    code = "withdrawn"
    message = _("这个资源已下架：{reason}")


class NotPublished(Refusal):
    code = "not_published"
    message = _("这个资源现在没有发布，不能下架。")


class ValidityOver(Invalid):
    code = "validity_over"
    message = _("有效期至 {day}，这一天已经过了。请改成今天或以后的日期；长期有效就留空。")


class NothingToProlong(Refusal):
    code = "nothing_to_prolong"
    message = _("这个资源现在不能延长有效期：它没有写有效期，或者已因其他原因下架。需要改动时，请另起新版本。")


class NotLonger(Invalid):
    code = "not_longer"
    message = _("请选一个晚于 {day} 的日期。")


class ProlongingReasonNeeded(Invalid):
    code = "prolonging_reason_needed"
    message = _("请写明为什么可以延长，例如新的授权。")


class AlreadyAttached(Refusal):
    code = "already_attached"
    message = _("这个文件已经在列表里了。")


class TooManyFiles(Invalid):
    code = "too_many_files"
    message = _("一个资源最多放 {limit} 个文件。文件更多时，请拆成几个资源或打包上传。")


class TooManyPlaces(Invalid):
    code = "too_many_places"
    message = _("“{field_name}”最多选 {limit} 个，现在有 {count} 个。")


class RowRefused(Invalid):
    """One resource of a batch cannot be taken, and so none of them is."""

    code = "row_refused"
    message = _("第 {row} 行“{name}”：{refusal}")


class ResourceTaken(Refusal):
    code = "resource_taken"
    message = _("这批资源中有的已经在资源中心，没有重复登记。请去掉已有的资源后再试。")


class NoRowNamesIt(Invalid):
    code = "no_row_names_it"
    message = _("表里没有哪一行写着“{name}”，或者写着它的草稿都已有这个文件。请核对文件名。")


class NothingToSubmit(Refusal):
    code = "nothing_to_submit"
    message = _("没有可以提交的草稿。")
