"""What can be wrong with the chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
    """Sentences for people; `{link}`, `{seal}` and `{seq}` are filled in."""

    ROW_CHANGED = "row_changed", _("第 {link} 环（记录 {seq}）与封存时不符：这条审计记录或它的链环被改过。")
    DIFFERENCES_CHANGED = "differences_changed", _("第 {link} 环（记录 {seq}）的逐条差异与封存时不符。")
    ROW_MISSING = "row_missing", _("第 {link} 环对应的审计记录 {seq} 不见了：它被删除过。")
    ROW_INSERTED = "row_inserted", _("审计记录 {seq} 不在链上，却早于已封存的界线：它是事后插入的。")
    LINK_MISSING = "link_missing", _("审计链缺少第 {link} 环。")
    LINK_UNSEALED = "link_unsealed", _("第 {link} 环没有封签：链环由他人加入，或它的封签被删除。")
    SEAL_MISSING = "seal_missing", _("缺少第 {seal} 个封签，或它与前一个不衔接。")
    SEAL_BROKEN = "seal_broken", _("第 {seal} 个封签的签名不符。")
    KEY_UNKNOWN = "key_unknown", _("第 {seal} 个封签所用的密钥不在本机的密钥文件夹中，无法核对。")
    TAIL_CUT = "tail_cut", _("机外保存的第 {seal} 个封签在这里不见了：链尾被截去。")
    REWRITTEN = "rewritten", _("第 {seal} 个封签与机外保存的不同：审计链被重写过。")
