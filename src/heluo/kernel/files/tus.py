"""The words of tus 1.0.0 (tus.io/protocols/resumable-upload): headers in, headers out."""

import base64
import binascii
import hashlib
import re
from datetime import datetime

from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal
from heluo.kernel.files.limits import NAME_LENGTH

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
PIECE_TYPE = "application/offset+octet-stream"
CHECKSUM_ALGORITHMS = ("sha256", "sha1", "md5")
LONGEST_METADATA = 8 * 1024
LARGEST_NUMBER = 2**62
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)


class WrongVersion(Refusal):
    status = 412
    code = "wrong_tus_version"
    message = _("上传程序使用的协议版本不受支持，请刷新页面后重试。")


class BadHeader(Invalid):
    status = 400
    code = "bad_header"
    message = _("上传请求的 {header} 不正确。请刷新页面后重试。")


class WrongType(Refusal):
    status = 415
    code = "wrong_piece_type"
    message = _("上传请求的内容类型不正确。请刷新页面后重试。")


def number_in(header: str, value: str | None) -> int:
    """A count of bytes. Raises `BadHeader` where there is none or it is no plain number."""
    if value is None or not _NUMBER.fullmatch(value) or int(value) > LARGEST_NUMBER:
        raise BadHeader(header=header)
    return int(value)


def metadata_in(value: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and a Base64 value, parted by commas. Raises `BadHeader`."""
    if len(value) > LONGEST_METADATA:
        raise BadHeader(header="Upload-Metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in value.split(","))):
        key, _space, encoded = pair.partition(" ")
        try:
            found[key] = base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise BadHeader(header="Upload-Metadata") from None
    return found


def name_in(metadata: dict[str, str]) -> str:
    """What the sender calls the file; clients use one of two keys."""
    return (metadata.get("filename") or metadata.get("name") or "")[: 10 * NAME_LENGTH]


def checksum_in(value: str) -> tuple[str, bytes]:
    """`Upload-Checksum`: an algorithm and a Base64 digest. Raises `BadHeader`."""
    algorithm, _space, encoded = value.strip().partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadHeader(header="Upload-Checksum") from None
    if algorithm not in CHECKSUM_ALGORITHMS or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise BadHeader(header="Upload-Checksum")
    return algorithm, digest


def expires(at: datetime) -> str:
    """`Upload-Expires`, in the date format of RFC 9110."""
    return http_date(at.timestamp())
