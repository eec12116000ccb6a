"""Refusals."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid


class OtherBytes(Invalid):
    code = "other_bytes"
    message = _("“{name}”的内容与登记的不一致，没有收下。")


class HashMalformed(Invalid):
    code = "hash_malformed"
    message = _("“{name}”没有写明内容的 SHA-256。")
