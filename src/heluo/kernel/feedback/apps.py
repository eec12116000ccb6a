"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.feedback.access import Permission

MODERATORS = (
    Role.PROVINCE_ADMIN,
    Role.CITY_OFFICER,
    Role.COUNTY_OFFICER,
    Role.SCHOOL_ADMIN,
    Role.RESOURCE_REVIEWER,
)


class FeedbackApp(HeluoApp):
    name = "heluo.kernel.feedback"
    label = "feedback"
    manifest = Manifest(
        title=_("评价"),
        grants={
            role: (Permission.GIVE, Permission.MODERATE) if role in MODERATORS else (Permission.GIVE,) for role in Role
        },
        navigation=(
            NavigationEntry(_("我的收藏"), "feedback:favourites", "heart", Place.WORKBENCH, Permission.GIVE, 60),
            NavigationEntry(
                _("评论审核"), "feedback:moderation", "message-check", Place.WORKBENCH, Permission.MODERATE, 61
            ),
        ),
        deeds={
            "feedback.comment_made": _("发表了评论"),
            "feedback.comment_taken_back": _("撤回了评论"),
            "feedback.comment_shown": _("显示了评论"),
            "feedback.comment_hidden": _("隐藏了评论"),
            "feedback.comment_reported": _("举报了评论"),
            "feedback.comments_moved": _("随机构调整移动了评论"),
        },
        kinds={"comment": _("评论"), "comments": _("一批评论")},
    )
