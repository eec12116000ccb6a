"""Refusals of feedback."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class StarsOutOfRange(Invalid):
    code = "stars_out_of_range"
    message = _("请选择 1 到 5 颗星。")


class OwnWork(Refusal):
    code = "own_work"
    message = _("不能给自己的作品评分。")


class CommentEmpty(Invalid):
    code = "comment_empty"
    message = _("请先写下评论。")


class CommentTooLong(Invalid):
    code = "comment_too_long"
    message = _("评论最多 {limit} 个字，现在有 {length} 个字。")


class TooManyComments(Refusal):
    status = 429
    code = "too_many_comments"
    message = _("一小时内最多发表 {limit} 条评论，请稍后再试。")


class CommentAlreadyDecided(Refusal):
    code = "comment_already_decided"
    message = _("这条评论已由他人处理，现在的状态是“{state}”。")


class OwnComment(Refusal):
    code = "own_comment"
    message = _("不能处理或举报自己的评论。")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("请写明原因。")


class AlreadyReported(Refusal):
    code = "already_reported"
    message = _("您已经举报过这条评论，审核员会尽快处理。")
