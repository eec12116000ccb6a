"""Stable codes of the resource centre, with the names people read.

Resource types follow CELTS-42 (基础教育教学资源元数据规范, 2002). Licences are those of the catalogue, subjects
those of JY/T 1001, stages and grades those of the register.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from heluo.kernel.outward.public import Trouble

SUBJECTS = "subject"
"""Key of the code set 中小学课程 (JY/T 1001)."""


class ResourceState(models.TextChoices):
    """Where a resource stands towards the public."""

    UNPUBLISHED = "unpublished", _("未发布")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已下架")


class VersionState(models.TextChoices):
    """Where one version stands on its way."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", _("已退回（需修改）")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已下架")
    EXPIRED = "expired", _("已到期")


EDITABLE_STATES = frozenset({VersionState.DRAFT, VersionState.RETURNED})
OPEN_STATES = EDITABLE_STATES | {VersionState.SUBMITTED}
"""A version on its way to the public; a resource has one at most."""
SHOWN_STATES = frozenset({VersionState.PUBLISHED, VersionState.WITHDRAWN, VersionState.EXPIRED})
"""A version the public has seen."""


class Step(models.TextChoices):
    """What can happen to a version once it leaves the author's desk."""

    SUBMITTED = "submitted", _("提交审核")
    APPROVED = "approved", _("审核通过并发布")
    RETURNED = "returned", _("退回修改")
    TAKEN_BACK = "taken_back", _("收回提交")
    TAKEN_OVER = "taken_over", _("整批入库并发布")
    WITHDRAWN = "withdrawn", _("下架")
    EXPIRED = "expired", _("有效期已满，平台下架")
    PROLONGED = "prolonged", _("延长有效期")
    RESTORED = "restored", _("恢复发布")


class NoticeKind(models.TextChoices):
    """What an author is told of a resource."""

    ENDS = "resources.ends", _("有效期将满")
    OVER = "resources.over", _("有效期已满")
    LINKS = "resources.links", _("链接打不开")
    ADAPTED = "resources.adapted", _("作品被改编")


class LinkTrouble(models.TextChoices):
    """Why a link leads nowhere; the troubles of `outward` come beside these."""

    GONE = "gone", _("网页已经不在")
    REFUSED = "refused", _("网站不接受这个网址")
    FAILING = "failing", _("网站出错")
    MALFORMED = Trouble.MALFORMED.value, Trouble.MALFORMED.label
    UNKNOWN_HOST = Trouble.UNKNOWN_HOST.value, Trouble.UNKNOWN_HOST.label
    FORBIDDEN = Trouble.FORBIDDEN.value, Trouble.FORBIDDEN.label
    NO_ANSWER = Trouble.NO_ANSWER.value, Trouble.NO_ANSWER.label
    TOO_SLOW = Trouble.TOO_SLOW.value, Trouble.TOO_SLOW.label
    BAD_CERTIFICATE = Trouble.BAD_CERTIFICATE.value, Trouble.BAD_CERTIFICATE.label
    TOO_MANY_REDIRECTS = Trouble.TOO_MANY_REDIRECTS.value, Trouble.TOO_MANY_REDIRECTS.label


class ResourceType(models.TextChoices):
    """资源类型 (CELTS-42)."""

    MEDIA = "media", _("媒体素材")
    QUESTION = "question", _("试题")
    TEST_PAPER = "test_paper", _("试卷")
    COURSEWARE = "courseware", _("课件")
    CASE = "case", _("案例")
    LITERATURE = "literature", _("文献资料")
    FAQ = "faq", _("常见问题解答")
    INDEX = "index", _("资源目录索引")
    ONLINE_COURSE = "online_course", _("网络课程")


class ContentLanguage(models.TextChoices):
    """语种 (BCP 47)."""

    CHINESE = "zh-CN", _("中文")
    ENGLISH = "en", _("英语")
    JAPANESE = "ja", _("日语")
    RUSSIAN = "ru", _("俄语")
    SEVERAL = "mul", _("多语种")


class SheetFault(models.TextChoices):
    """What can be wrong with a cell of a draft sheet, beside what any table can have wrong."""

    GRADE_WITHOUT_STAGE = "grade_without_stage", _("年级要和学段一起填，请补上学段")
    TOO_MANY = "too_many", _("最多 {most} 个，这里有 {count} 个")
    DAY_PASSED = "day_passed", _("这一天已经过去，请写今天或以后的日期，长期有效就留空")
    NOT_A_NAME = "not_a_name", _("只写文件名，不写文件夹，不超过 {most} 个字")
