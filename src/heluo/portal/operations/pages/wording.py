"""The details of an audit row in words: what each key says, and what its codes mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from heluo.domains.resources.public import reason_titles
from heluo.domains.rights.enums import ComplaintState
from heluo.domains.rosters.enums import Choice
from heluo.domains.students.enums import BulkKind, ChangeKind, State
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.enums import Role
from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.organisations.enums import Fact, OrganisationKind, Stage
from heluo.kernel.pages.templatetags.pages import filesize, local_time
from heluo.kernel.people.enums import IdentifierKind

TITLES: dict[str, str | Promise] = {
    **{fact.value: fact.label for fact in Fact},
    "account": gettext_lazy("登录名"),
    "adapted_from": gettext_lazy("改编自"),
    "after": gettext_lazy("改后"),
    "algorithm": gettext_lazy("算法"),
    "allowed": gettext_lazy("可以办理"),
    "approved": gettext_lazy("是否同意"),
    "before": gettext_lazy("改前"),
    "bulk": gettext_lazy("批量办理"),
    "callbacks": gettext_lazy("回调地址"),
    "change": gettext_lazy("学籍异动"),
    "changed": gettext_lazy("修改的项数"),
    "choice": gettext_lazy("导入范围"),
    "class": pgettext_lazy("detail", "班级"),
    "classes": gettext_lazy("班级（学段、入学年份、班号）"),
    "code": gettext_lazy("代码"),
    "comment": gettext_lazy("意见"),
    "conditions": gettext_lazy("筛选条件数"),
    "count": gettext_lazy("数量"),
    "day": gettext_lazy("日期"),
    "day_kind": gettext_lazy("类别"),
    "days": gettext_lazy("最长天数"),
    "digest": gettext_lazy("内容指纹"),
    "document": gettext_lazy("文号"),
    "due_at": pgettext_lazy("detail", "办理期限"),
    "due_days": gettext_lazy("整改期限（天）"),
    "endpoint": gettext_lazy("接口"),
    "ends_before": gettext_lazy("结束于此日之前"),
    "ends_on": gettext_lazy("结束日期"),
    "entry_year": gettext_lazy("入学年"),
    "expires_at": gettext_lazy("有效期至"),
    "facet": gettext_lazy("分类"),
    "fault": gettext_lazy("问题"),
    "file": pgettext_lazy("detail", "文件"),
    "fingerprint": gettext_lazy("密钥指纹"),
    "format": gettext_lazy("文件类型"),
    "guardian": gettext_lazy("监护人"),
    "homeroom": gettext_lazy("班主任"),
    "identifier": gettext_lazy("标识符"),
    "in_clear": gettext_lazy("包含证件号码原文"),
    "is_on": gettext_lazy("启用"),
    "kind": gettext_lazy("种类"),
    "least": gettext_lazy("下限"),
    "left": gettext_lazy("剩余问题数"),
    "licence": gettext_lazy("许可"),
    "media_type": gettext_lazy("文件格式"),
    "merged": gettext_lazy("并入的学校"),
    "most": gettext_lazy("上限"),
    "name": gettext_lazy("名称"),
    "new": gettext_lazy("新校"),
    "node": gettext_lazy("来源节点"),
    "to": gettext_lazy("送往"),
    "nodes": gettext_lazy("涉及机构数"),
    "notice": gettext_lazy("告知书版本"),
    "number": gettext_lazy("平台号"),
    "on": gettext_lazy("生效日期"),
    "organisation": pgettext_lazy("detail", "机构"),
    "origin": gettext_lazy("来源节点"),
    "other": gettext_lazy("被并入的登记"),
    "outcome": gettext_lazy("处理结果"),
    "posts": gettext_lazy("岗位"),
    "reason": gettext_lazy("原因"),
    "reasons": gettext_lazy("退回原因"),
    "region": gettext_lazy("行政区划代码"),
    "resumed": gettext_lazy("接着上一次"),
    "revoked": gettext_lazy("旧密钥已作废"),
    "rhythm": gettext_lazy("采集频率"),
    "role": gettext_lazy("岗位"),
    "rows": gettext_lazy("行数"),
    "rule": gettext_lazy("规则"),
    "same_person": gettext_lazy("是同一人"),
    "school_type": gettext_lazy("学校类型代码"),
    "schools": gettext_lazy("学校数"),
    "scopes": gettext_lazy("授权范围"),
    "second_factors": gettext_lazy("两步验证方式"),
    "seed": gettext_lazy("随机种子"),
    "sessions": gettext_lazy("登录的设备"),
    "sha256": gettext_lazy("内容指纹"),
    "share": gettext_lazy("一次最多下架的比例（%）"),
    "signature": gettext_lazy("病毒特征"),
    "size": gettext_lazy("大小"),
    "starts_on": gettext_lazy("开始日期"),
    "state": gettext_lazy("学籍状态"),
    "step": gettext_lazy("步骤"),
    "subject": gettext_lazy("学科代码"),
    "teaching_points": gettext_lazy("教学点数"),
    "term": gettext_lazy("学期"),
    "tokens": gettext_lazy("访问令牌"),
    "version": pgettext_lazy("detail", "版本"),
    "ways": gettext_lazy("登录方式"),
    "weight": gettext_lazy("评分权重"),
    "whole": gettext_lazy("从头采集"),
    "with_demographics": gettext_lazy("包含出生日期和性别"),
    "word": gettext_lazy("对方的词语"),
}
"""A tripwire keeps this in step with what the actions record."""
FACTORS = {
    "password": gettext_lazy("密码"),
    "mfa": gettext_lazy("第二步验证"),
    "totp": gettext_lazy("动态口令"),
    "webauthn": pgettext_lazy("detail", "通行密钥"),
    "recovery_codes": gettext_lazy("恢复码"),
    "socialaccount": gettext_lazy("外部账号"),
}
CODES: dict[str, type[TextChoices]] = {
    "bulk": BulkKind,
    "change": ChangeKind,
    "choice": Choice,
    "classes": Stage,
    "day_kind": DayKind,
    "outcome": ComplaintState,
    "posts": Role,
    "role": Role,
    "state": State,
}
LINKS = {
    "other": "people:person",
    "guardian": "people:person",
    "organisation": "organisations:organisation",
    "people": "people:person",
    "organisations": "organisations:organisation",
    "students": "students:record",
}
"""Key, or app of a deed → the page of the thing whose id is given."""
_PATH = re.compile(r"(\d+\.)+")
FINGERPRINT = 12


@dataclass(frozen=True, slots=True)
class Said:
    """One detail in words; `url` where it is a thing with a page."""

    title: str
    value: str
    url: str = ""


def said(details: Mapping[str, object] | None) -> list[Said]:
    """Details in words. What says nothing to people (tree paths, ids without a page) is left out."""
    found = [_said(key, value) for key, value in sorted((details or {}).items())]
    return [one for one in found if one.value]


def link_of(deed: str, subject_id: str) -> str:
    """The page of a thing a batch changed, if its kind has one."""
    route = LINKS.get(deed.partition(".")[0])
    return reverse(route, args=[subject_id]) if route and _is_id(subject_id) else ""


def _said(key: str, value: object) -> Said:
    title = str(TITLES.get(key, _("其他")))
    if isinstance(value, str) and _is_id(value):
        return Said(title, _("查看") if key in LINKS else "", reverse(LINKS[key], args=[value]) if key in LINKS else "")
    if key in {"changed", "conditions"} and isinstance(value, list):
        return Said(title, str(len(value)))
    if key == "size" and isinstance(value, int):
        return Said(title, filesize(value))
    if key == "step":
        return Said(title, called(str(value)))
    if key in {"digest", "sha256"}:
        return Said(title, str(value)[:FINGERPRINT] + "…")
    return Said(title, _words(key, value))


def _words(key: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        return "；".join(f"{one.title}：{one.value}" for one in said(value))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "、".join(filter(None, (_words(key, item) for item in value)))
    return _word(key, str(value))


def _word(key: str, value: str) -> str:
    if _PATH.fullmatch(value):
        return ""
    if key in CODES and value in CODES[key].values:
        return str(CODES[key](value).label)
    if key == "reasons":
        return reason_titles().get(value, value)
    if key == "kind" and value in OrganisationKind.values:
        return str(OrganisationKind(value).label)
    if key == "kind" and value in IdentifierKind.values:
        return str(IdentifierKind(value).label)
    if key in {"ways", "kind"}:
        return str(FACTORS.get(value, _("其他")))
    return _moment(value)


def _moment(value: str) -> str:
    """Dates stay as they are, moments are said in China's time."""
    try:
        date.fromisoformat(value)
    except ValueError:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return local_time(at) if at.tzinfo else value
    return value


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return "-" in value
