"""Stable codes of credentials."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
    """What exactly is wrong with a text, or cannot be told of it."""

    EMPTY = "empty", _("没有内容")
    TOO_LARGE = "too_large", _("内容过大，不是证书")
    TOO_DEEP = "too_deep", _("嵌套过深，不是证书")
    TOO_COMPLEX = "too_complex", _("结构过于复杂，不予处理")
    NOT_TEXT = "not_text", _("不是 UTF-8 文本")
    NOT_JSON = "not_json", _("不是 JSON，也不是 JWT")
    DUPLICATE_KEY = "duplicate_key", _("“{what}”出现了两次，含义不明")
    BAD_NUMBER = "bad_number", _("有不是有限数值的数")
    NOT_AN_OBJECT = "not_an_object", _("最外层不是 JSON 对象")
    PDF_WITHOUT = "pdf_without", _("PDF 里没有嵌入证书")
    PDF_BROKEN = "pdf_broken", _("无法读取 PDF")
    UNKNOWN_CONTEXT = "unknown_context", _("不认识的上下文“{what}”。平台不从网上取上下文")
    UNDEFINED_TERM = "undefined_term", _("“{what}”没有定义，签名管不到它")
    NOT_LINKED_DATA = "not_linked_data", _("不是合格的 JSON-LD")
    CONTEXTS_MISSING = "contexts_missing", _("本节点没有构建前端，缺少随附的上下文，不能核验")
    NO_PROOF = "no_proof", _("没有签名")
    MANY_PROOFS = "many_proofs", _("有多个签名，只接受一个")
    UNKNOWN_SUITE = "unknown_suite", _("不支持的签名方式“{what}”")
    WRONG_PURPOSE = "wrong_purpose", _("签名的用途不是颁发证书")
    FORGED = "forged", _("签名不对：内容被改动，或不是这把密钥签的")
