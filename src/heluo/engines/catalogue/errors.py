"""Refusals of the catalogue."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class FromAnotherNode(Refusal):
    """What came from another node is read-only here, and the other way round."""

    code = "from_another_node"
    message = _("“{title}”来自节点 {origin}，在这里只能查看。请到原节点修改或下架。")


class OwnEntry(Refusal):
    code = "own_entry"
    message = _("“{title}”是本平台的，请直接修改它本身；本地补充只用于外来条目。")


class OverlayInvalid(Refusal):
    """A layer holds what it cannot, with the name of the field."""

    status = 422
    code = "overlay_invalid"
    message = _("本地补充没有保存：{problem}")


class OverlayChanged(Refusal):
    code = "overlay_changed"
    message = _("别人刚刚改过“{title}”的本地补充。请对照现在的内容，再保存一次。")


class NoProofYet(Refusal):
    """Of a set, or of everything; nor of a set that does not exist."""

    code = "no_proof_yet"
    status = 404
    message = _("目录的这一部分还没有完整性证明。证明每小时生成一次，请稍后再查。")


class KindIsFixed(Refusal):
    code = "kind_is_fixed"
    message = _("“{title}”的类型不能更改。请作为新内容另行发布。")


class AlreadySaved(Refusal):
    code = "already_saved"
    message = _("这个搜索已经保存过。")


class TooManySearches(Refusal):
    code = "too_many_searches"
    message = _("一个人最多保存 {most} 个搜索，请先删除不用的。")


class NothingAsked(Refusal):
    status = 422
    code = "nothing_asked"
    message = _("先输入要找的词或选一个条件，再保存。")


class SynonymsUnclear(Refusal):
    """A line of the synonyms says nothing, or says twice what belongs to one set."""

    status = 422
    code = "synonyms_unclear"
    message = _("第 {line} 行：{problem}")


class AlreadyWithdrawn(Refusal):
    code = "already_withdrawn"
    message = _("“{title}”已经下架。")


class EntryHeld(Refusal):
    code = "entry_held"
    message = _("“{title}”因版权投诉被责令下架，恢复之前不能再发布。")


class AlreadyHeld(Refusal):
    code = "already_held"
    message = _("已经责令下架。")


class NotHeld(Refusal):
    code = "not_held"
    message = _("没有被责令下架，不需要恢复。")


class NobodyKeeps(Refusal):
    code = "nobody_keeps"
    message = _("这类内容不能在这里责令下架。")


class ReasonNeeded(Refusal):
    status = 422
    code = "reason_needed"
    message = _("请写明下架的原因。")


class DraftInvalid(Refusal):
    """A draft lacks something or names what the catalogue does not know."""

    status = 422
    code = "draft_invalid"
    message = _("不能发布“{title}”：{problem}")
