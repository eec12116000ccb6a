"""Stable codes of student records, with the names people read.

States are those of XSDQZT (JY/T 1001). Kinds of change are words of our own, because the standard has no code for
opening a record or for graduating; `data/stage_rules.csv` gives each its code of XJYDLB where there is one.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from heluo.kernel.organisations.enums import Stage

CATEGORIES = "pupil-category"
"""Key of the code set 学生类别 (JY/T 1001)."""
REASONS = "pupil-change-reason"
"""Key of the code set 学籍异动原因 (JY/T 1001)."""
TRANSFER_DAYS = "transfer-working-days"
"""Rule figure: working days for each step of a transfer."""


class State(models.TextChoices):
    """学生当前状态 (JY/T 1001 XSDQZT)."""

    ENROLLED = "01", _("在读")
    SUSPENDED = "02", _("休学")
    WITHDRAWN = "03", _("退学")
    STOPPED = "04", _("停学")
    DROPPED_OUT = "06", _("流失")
    GRADUATED = "07", _("毕业")
    COMPLETED = "08", _("结业")
    LEFT = "09", _("肄业")
    TRANSFERRED_OUT = "10", _("转出")
    DECEASED = "11", _("死亡")
    PLACE_KEPT = "12", _("保留入学资格")
    EXPELLED = "14", _("开除")
    OTHER = "99", _("其他")


class ChangeKind(models.TextChoices):
    """What happens to a record."""

    OPENED = "opened", _("建立学籍")
    CLASS_CHANGED = "class_changed", _("转班级")
    REPEATED = "repeated", _("留级")
    SKIPPED = "skipped", _("跳级")
    SUSPENDED = "suspended", _("休学")
    RESUMED = "resumed", _("复学")
    TRANSFERRED = "transferred", _("转学")
    TRANSFERRED_OUT = "transferred_out", _("转出本平台")
    DROPPED_OUT = "dropped_out", _("流失")
    RETURNED = "returned", _("流失后返校")
    DISCIPLINED = "disciplined", _("给予处分")
    DISCIPLINE_LIFTED = "discipline_lifted", _("解除处分")
    WITHDRAWN = "withdrawn", _("退学")
    EXPELLED = "expelled", _("开除学籍")
    DECEASED = "deceased", _("死亡")
    GRADUATED = "graduated", _("毕业")
    GRADUATED_EARLY = "graduated_early", _("提前毕业")
    COMPLETED = "completed", _("结业")
    LEFT = "left", _("肄业")
    CANCELLED = "cancelled", _("取消学籍")
    MERGED = "merged", _("并入另一份学籍")
    CORRECTED = "corrected", _("更正")


BY_THEMSELVES = frozenset({ChangeKind.OPENED, ChangeKind.TRANSFERRED, ChangeKind.MERGED, ChangeKind.CORRECTED})
"""Kinds that have an action of their own and no form for a single change."""


class ClassEffect(models.TextChoices):
    """What a change does to the pupil's place in a class."""

    KEEP = "keep", _("班级不变")
    CHOOSE = "choose", _("编入所选班级")
    LEAVE = "leave", _("离开班级")


class GradeEffect(models.TextChoices):
    """Which year group the chosen class may belong to."""

    SAME = "same", _("同一年级")
    DOWN = "down", _("低一年级")
    UP = "up", _("高一年级")
    SAME_OR_DOWN = "same_or_down", _("同一年级或低年级")


class Attendance(models.TextChoices):
    """就读方式 (JY/T 1002 JCXS0110). Not read in the published table: names as schools use them."""

    DAY = "day", _("走读")
    BOARDING = "boarding", _("住校")
    LODGING = "lodging", _("借宿")
    OTHER = "other", _("其他")


class NumberType(models.TextChoices):
    """First character of a 学籍号."""

    FORMAL = "G", _("正式号")
    SELF_CODED = "J", _("无身份证的正式号")
    TEMPORARY = "L", _("临时号")


STAGE_DEFAULTS: dict[Stage, tuple[str, int]] = {
    Stage.PRESCHOOL: ("", 3),
    Stage.PRIMARY: ("21100", 6),
    Stage.JUNIOR: ("31100", 3),
    Stage.SENIOR: ("32100", 3),
    Stage.VOCATIONAL: ("33400", 3),
    Stage.HIGHER: ("42101", 4),
}
"""Stage → the usual category (JY/T 1001; none was read for preschool) and length of schooling a form starts with."""


class BulkKind(models.TextChoices):
    """What may be done to a whole year group at once."""

    PROMOTION = "promotion", _("升级（留级与跳级）")
    GRADUATION = "graduation", _("毕业")
    DIVISION = "division", _("分班")
    MERGING = "merging", _("并班")


class BulkState(models.TextChoices):
    DRAFT = "draft", _("预览中")
    APPLIED = "applied", _("已执行")
    UNDONE = "undone", _("已还原")
    DISCARDED = "discarded", _("已放弃")


BULK_CHOICES: dict[BulkKind, tuple[ChangeKind, ...]] = {
    BulkKind.PROMOTION: (ChangeKind.REPEATED, ChangeKind.SKIPPED),
    BulkKind.GRADUATION: (ChangeKind.GRADUATED, ChangeKind.COMPLETED),
    BulkKind.DIVISION: (ChangeKind.CLASS_CHANGED,),
    BulkKind.MERGING: (ChangeKind.CLASS_CHANGED,),
}
"""What a row of a bulk action may become, beside being left alone."""


class Ground(models.TextChoices):
    """Why two entries may be one pupil."""

    SAME_NAME = "same_name", _("姓名、出生日期相同，学籍号不同")
    SAME_GUARDIAN = "same_guardian", _("监护人、出生日期相同，学校不同，至少一方是临时号或无身份证")
    NUMBER_OF_OTHER = "number_of_other", _("学籍号用的是另一人的居民身份证号")


class DuplicateState(models.TextChoices):
    WAITING = "waiting", _("待判定")
    SAME = "same", _("同一人，已合并")
    DIFFERENT = "different", _("不是同一人")


class TransferState(models.TextChoices):
    OPEN = "open", _("办理中")
    APPROVED = "approved", _("已转学")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class Party(models.TextChoices):
    """Who decides on a transfer, in this order. Common practice, not read in the published text."""

    TO_SCHOOL = "to_school", _("转入学校")
    TO_BUREAU = "to_bureau", _("转入方主管部门")
    FROM_SCHOOL = "from_school", _("转出学校")
    FROM_BUREAU = "from_bureau", _("转出方主管部门")
