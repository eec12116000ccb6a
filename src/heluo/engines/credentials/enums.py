"""Stable codes of credentials."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Format(models.TextChoices):
    """How a credential is secured."""

    DATA_INTEGRITY = "eddsa-rdfc-2022", _("JSON-LD，Data Integrity 证明")
    JWT = "vc-jwt", "VC-JWT"


class CheckKind(models.TextChoices):
    """What the verifier looks at, in this order."""

    FORM = "form", _("格式")
    SCHEMA = "schema", _("内容")
    ISSUER = "issuer", _("颁发者")
    SIGNATURE = "signature", _("签名")
    DATES = "dates", pgettext_lazy("check", "有效期")
    STATUS = "status", pgettext_lazy("check", "状态")


class Outcome(models.TextChoices):
    PASSED = "passed", pgettext_lazy("check", "通过")
    FAILED = "failed", pgettext_lazy("check", "不通过")
    UNKNOWN = "unknown", pgettext_lazy("check", "无法判断")


class Verdict(models.TextChoices):
    """What all checks together mean."""

    VALID = "valid", _("证书有效")
    INVALID = "invalid", _("证书无效")
    UNDECIDED = "undecided", _("无法确认证书是否有效")
    UNREADABLE = "unreadable", _("读不出证书")


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
    ALGORITHM = "algorithm", _("不接受的算法“{what}”，只接受 EdDSA")
    JWT_BROKEN = "jwt_broken", _("JWT 不完整")
    KEY_REVOKED = "key_revoked", _("签名用的密钥已作废")
    KEY_UNKNOWN = "key_unknown", _("颁发者没有这把密钥")
    NO_KEY = "no_key", _("没有颁发者的公钥，无法核对签名")
    NO_CONTROLLER = "no_controller", _("不是颁发者的公钥文件，或里面没有能用的公钥")
    WRONG_ISSUER = "wrong_issuer", _("签名的密钥不属于写明的颁发者")
    FOREIGN_ISSUER = "foreign_issuer", _("本平台不认识颁发者“{what}”，请向其核实")
    SHAPE = "shape", _("缺少“{what}”，或内容不合要求")
    CLAIMS_DIFFER = "claims_differ", _("JWT 的“{what}”与证书内容不一致")
    NOT_YET = "not_yet", _("{what} 起才有效")
    EXPIRED = "expired", _("{what} 已过期")
    STATUS_ELSEWHERE = "status_elsewhere", _("状态由颁发者公布，本平台没有去查")

    # Nothing is wrong: what was found instead.
    READ = "read", _("读得出来")
    SHAPED = "shaped", _("符合 Open Badges 3.0")
    OWN_ISSUER = "own_issuer", _("由本平台（{what}）颁发")
    GIVEN_ISSUER = "given_issuer", _("由“{what}”颁发，公钥由您提供")
    SIGNED = "signed", _("签名正确")
    IN_TIME = "in_time", _("在有效期内")
