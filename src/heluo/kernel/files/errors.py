"""Typed refusals: each says what is wrong with the file and what to do."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, NotFound, Refusal


class EmptyFile(Invalid):
    code = "empty_file"
    message = _("「{name}」是空文件（0 字节）。请检查原文件后重新选择。")


class FileTooLarge(Refusal):
    status = 413
    code = "file_too_large"
    message = _("「{name}」有 {size}，超过单个文件的上限 {limit}。请压缩或分成几个文件后再上传。")


class KindNotAccepted(Invalid):
    status = 415
    code = "kind_not_accepted"
    message = _("「{name}」的内容无法识别，或不是可以上传的类型。可以上传：{accepted}。")


class KindNotWanted(Invalid):
    status = 415
    code = "kind_not_wanted"
    message = _("「{name}」是{kind}，这里需要{wanted}。请换一个文件。")


class Mislabelled(Invalid):
    code = "mislabelled"
    message = _("「{name}」按名称应是{claimed}，内容却是{found}。请确认选对了文件，或改正扩展名后再上传。")


class FileDamaged(Invalid):
    code = "file_damaged"
    message = _("「{name}」不完整或已损坏：{reason}请用原文件重新上传。")


class ArchiveRefused(Invalid):
    code = "archive_refused"
    message = _("不能接收「{name}」：{reason}")


class StorageFull(Refusal):
    status = 507
    code = "storage_full"
    message = _("服务器存储空间不足，上传已暂停，已收到的部分仍保留。请稍后继续，或联系运维人员。")


class StorageAway(Refusal):
    status = 503
    code = "storage_away"
    message = _("存储暂时不可用，文件还没有存好。请稍后再试，已经传到的部分会接着传；如果一直这样，请联系运维人员。")


class TooManyUploads(Refusal):
    status = 429
    code = "too_many_uploads"
    message = _("您有 {count} 个上传尚未完成，已到上限。请先完成或取消其中一些。")


class UploadBusy(Refusal):
    status = 423
    code = "upload_busy"
    message = _("这个上传正在另一处进行。请稍等片刻再继续。")


class WrongOffset(Refusal):
    status = 409
    code = "wrong_offset"
    message = _("续传位置不对：服务器已收到 {offset} 字节。请从那里继续。")


class PieceTooLong(Refusal):
    status = 413
    code = "piece_too_long"
    message = _("发来的数据比开始时说的 {size} 字节还多。请重新上传。")


class ChecksumMismatch(Refusal):
    status = 460
    code = "checksum_mismatch"
    message = _("这一段数据在传输中出错，已丢弃。请重传这一段。")


class UploadGone(Refusal):
    status = 410
    code = "upload_gone"
    message = _("这个上传已过期、已取消或未被接受。请重新上传。")


class FileInfected(Refusal):
    status = 403
    code = "file_infected"
    message = _("「{name}」中发现病毒，已隔离，不能下载或发布。请在本机查毒后重新上传。")


class FileNotChecked(Refusal):
    status = 409
    code = "file_not_checked"
    message = _("「{name}」还在查毒，请稍候再试。")


class FileMissing(NotFound):
    code = "file_missing"
    message = _("没有找到这个文件，它可能已过期被清理。请重新上传。")
