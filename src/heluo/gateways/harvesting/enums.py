"""Stable codes of the harvester."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Prefix(models.TextChoices):
    """Formats that are understood, the richest first."""

    HELUO = "heluo", _("河洛条目")
    LOM = "lom", "IEEE LOM"
    DUBLIN_CORE = "oai_dc", "Dublin Core"


class Rhythm(models.TextChoices):
    HOURLY = "hourly", _("每小时")
    DAILY = "daily", _("每天")


class Granularity(models.TextChoices):
    """How finely a source tells times."""

    DAY = "day", "YYYY-MM-DD"
    SECOND = "second", "YYYY-MM-DDThh:mm:ssZ"


class RunState(models.TextChoices):
    RUNNING = "running", _("采集中")
    WAITING = "waiting", _("等待确认下架")
    DONE = "done", pgettext_lazy("harvest", "已完成")
    REJECTED = "rejected", _("已完成，未下架")
    FAILED = "failed", _("没有完成")


class Trouble(models.TextChoices):
    """Why a source could not be read to the end."""

    UNREACHABLE = "unreachable", _("来源平台连不上")
    BUSY = "busy", _("来源平台一直繁忙")
    REFUSED = "refused", _("来源平台拒绝了请求")
    TOO_LARGE = "too_large", _("一页的内容太大")
    NOT_UTF8 = "not_utf8", _("内容不是 UTF-8 编码")
    NOT_XML = "not_xml", _("内容不是规范的 XML")
    UNSAFE_XML = "unsafe_xml", _("内容里有实体或文档类型声明，为安全起见不读取")
    NOT_OAI = "not_oai", _("这个地址不是 OAI-PMH 2.0 接口")
    FAULT = "fault", _("来源平台报告了错误")
    NO_FORMAT = "no_format", _("来源平台没有我们能读的格式")
    LOOP = "loop", _("翻页标记重复出现，没有尽头")
    TOO_MANY_PAGES = "too_many_pages", _("页数超过上限")
    TOO_LONG = "too_long", _("采集时间超过上限")
    EXPIRED = "expired", _("翻页标记一再失效")
    TOO_MANY_BAD = "too_many_bad", _("有问题的记录太多")
    PAUSED = "paused", _("来源已暂停")
    NO_PROOF = "no_proof", _("来源平台还没有生成完整性证明")
    BAD_PROOF = "bad_proof", _("来源平台的完整性证明读不懂")
    MOVING = "moving", _("核对时来源平台换了新的证明，下次再核对")
    TOO_DIFFERENT = "too_different", _("相差太多，已改为从头采集")


class Fault(models.TextChoices):
    """Why one record is held back."""

    NO_IDENTIFIER = "no_identifier", _("没有标识符")
    LONG_IDENTIFIER = "long_identifier", _("标识符太长")
    NO_TITLE = "no_title", _("没有标题")
    LONG_TITLE = "long_title", _("标题超过 200 个字")
    BAD_DATE = "bad_date", _("日期写得不对")
    NO_METADATA = "no_metadata", _("没有可读的元数据")
    TOO_LARGE = "too_large", _("元数据太大")
    BAD_FILE = "bad_file", _("文件的校验值或大小写得不对")
    UNKNOWN_LICENCE = "unknown_licence", _("版权说明还没有对照")
    TAKEN = "taken", _("标识符属于另一个平台的条目")


class Field(models.TextChoices):
    """Where in a record a word of theirs stands."""

    SUBJECT = "subject", pgettext_lazy("harvest", "主题")
    TYPE = "type", pgettext_lazy("harvest", "类型")
    TAXON = "taxon", pgettext_lazy("harvest", "分类")
    RIGHTS = "rights", pgettext_lazy("harvest", "版权")


class NoticeKind(models.TextChoices):
    RETIREMENT = "harvesting.retirement", _("采集来源要大批下架")
    EMPTIED = "harvesting.emptied", _("采集来源可能被清空")
