"""Typed refusals: why a file cannot be read at all (beside those of `kernel.tables`), and why a batch cannot go on."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal
from heluo.kernel.tables.public import OldWorkbook, PasswordProtected, UnfoldsTooFar, Unreadable


class NotARoster(Unreadable):
    code = "not_a_roster"
    message = _("文件里没有名册的工作表。请下载模板，在“班级”“教师”“学生”“监护人”“任课”里填写。")


class TooManyRows(Unreadable):
    code = "too_many_rows"
    message = _("一次最多导入 {most} 行。请把名册分成几个文件。")


class TextUnreadable(Unreadable):
    code = "text_unreadable"
    message = _("“{name}”不是 UTF-8 或 GBK 编码的 CSV 文本。请另存为 UTF-8 编码的 CSV。")


class ManifestMissing(Unreadable):
    code = "manifest_missing"
    message = _("压缩包里没有 manifest.csv，不是 OneRoster 数据包。Excel 名册请不要压缩，直接上传 .xlsx。")


class ManifestWrong(Unreadable):
    code = "manifest_wrong"
    message = _("manifest.csv 的“{name}”应为 {wanted}，这里是“{found}”。")


class PackageIncomplete(Unreadable):
    code = "package_incomplete"
    message = _("数据包里缺少 {name}。请从源系统重新导出完整的数据包。")


class PackageEncrypted(Unreadable):
    code = "package_encrypted"
    message = _("压缩包设有密码，平台读不了。请不加密码重新打包后再上传。")


class PackageUnsafe(Unreadable):
    code = "package_unsafe"
    message = _("压缩包里的文件名“{name}”不合规（重名，或指向包外）。请从源系统重新导出数据包。")


class PackageNested(Unreadable):
    code = "package_nested"
    message = _("压缩包里还有压缩文件“{name}”。请把 CSV 文件直接放进一个压缩包。")


class PackageDamaged(Unreadable):
    code = "package_damaged"
    message = _("压缩包已损坏，或用了不通用的压缩方法。请重新打包为普通的 .zip 再上传。")


class PackageUnfoldsTooFar(Unreadable):
    code = "package_unfolds_too_far"
    message = _("压缩包解压后过大，或结构异常，已停止读取。请从源系统重新导出数据包。")


class Interrupted(Unreadable):
    code = "interrupted"
    message = _("平台读取这个文件时出错，已通知运维人员。可以重新核对，或换一个文件。")


class BatchNotReady(Refusal):
    code = "batch_not_ready"
    message = _("这个批次现在是“{state}”，不能这样做。请刷新页面。")


class ErrorsStand(Refusal):
    code = "errors_stand"
    message = _("还有 {count} 处错误，不能全部导入。请改正后重新上传，或选择“只导入没有错误的行”。")


class NothingToImport(Refusal):
    code = "nothing_to_import"
    message = _("没有可以导入的行。")


class PreviewStale(Refusal):
    code = "preview_stale"
    message = _("核对之后，有人导入了同一所学校的另一份名册。请重新核对，再决定是否导入。")


class EndingsNotConfirmed(Invalid):
    code = "endings_not_confirmed"
    message = _("这份名册会结束 {percent}% 或更多在册人员。请核对名单，并写明事由（至少 {shortest} 个字）。")


class TooManySheets(Invalid):
    code = "too_many_sheets"
    message = _("一次最多打印 {most} 人的激活码。请分几次选择班级。")


class NothingToPrint(Invalid):
    code = "nothing_to_print"
    message = _("所选班级里没有还需要激活的账号。")


UNREADABLE: dict[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (
        Unreadable,
        PasswordProtected,
        OldWorkbook,
        NotARoster,
        UnfoldsTooFar,
        TooManyRows,
        TextUnreadable,
        ManifestMissing,
        ManifestWrong,
        PackageIncomplete,
        PackageEncrypted,
        PackageUnsafe,
        PackageNested,
        PackageDamaged,
        PackageUnfoldsTooFar,
        Interrupted,
    )
}
"""Code → refusal, for the sentence of a refused batch, which keeps the code."""
