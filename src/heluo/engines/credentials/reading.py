"""A text that says it is a credential, read without believing it: JSON, or a PDF that has it embedded."""

import json
from typing import Any

import pypdfium2

from heluo.engines.credentials.enums import Fault
from heluo.engines.credentials.errors import Unreadable

MOST_TEXT = 256 * 1024
MOST_PDF = 10 * 1024 * 1024
DEEPEST = 40
PDF_MAGIC = b"%PDF-"
EMBEDDED = "credential.json"
"""The name of the attachment in our own PDF."""


def text_in(content: str | bytes) -> str:
    """The text of what somebody handed in. Refusal: Unreadable."""
    if isinstance(content, str):
        content = content.encode("utf-8", errors="replace")
    if content.startswith(PDF_MAGIC):
        content = _attachment(content)
    if len(content) > MOST_TEXT:
        raise Unreadable(Fault.TOO_LARGE)
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Unreadable(Fault.NOT_TEXT) from None
    if not text:
        raise Unreadable(Fault.EMPTY)
    return text


def is_jwt(text: str) -> bool:
    """Whether a text has the form of a compact JWS."""
    return text.count(".") == 2 and not text.startswith("{")  # header, claims, signature


def read_json(text: str) -> dict[str, Any]:
    """A JSON object in which each key stands once. Refusal: Unreadable."""
    _shallow(text)
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except Unreadable:
        raise
    except UnicodeEncodeError:
        raise Unreadable(Fault.NOT_TEXT) from None
    except (ValueError, RecursionError):
        raise Unreadable(Fault.NOT_JSON) from None
    if not isinstance(value, dict):
        raise Unreadable(Fault.NOT_AN_OBJECT)
    return value


def _shallow(text: str) -> None:
    """Refuse what nests too deep before a parser follows it. Brackets within strings do not count."""
    depth, in_string, escaped = 0, False, False
    for letter in text:
        if in_string:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                in_string = False
        elif letter == '"':
            in_string = True
        elif letter in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Unreadable(Fault.TOO_DEEP)
        elif letter in "]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable(Fault.DUPLICATE_KEY, key[:80])
        if isinstance(value, float) and value in {float("inf"), float("-inf")}:
            raise Unreadable(Fault.BAD_NUMBER)
        found[key] = value
    return found


def _no_constant(_name: str) -> Any:
    raise Unreadable(Fault.BAD_NUMBER)


def _attachment(pdf: bytes) -> bytes:
    if len(pdf) > MOST_PDF:
        raise Unreadable(Fault.TOO_LARGE)
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise Unreadable(Fault.PDF_BROKEN) from None
    try:
        for number in range(min(document.count_attachments(), 20)):
            attachment = document.get_attachment(number)
            if attachment.get_name() == EMBEDDED:
                return bytes(attachment.get_data())
    except pypdfium2.PdfiumError:
        raise Unreadable(Fault.PDF_BROKEN) from None
    finally:
        document.close()
    raise Unreadable(Fault.PDF_WITHOUT)
