"""Codes of contents by which near copies are found: ISCC, ISO 24138."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from iscc_lib import gen_image_code_v0, gen_text_code_v0, iscc_decode
from PIL import Image, UnidentifiedImageError

from heluo.domains.rights.enums import CodeKind
from heluo.domains.rights.models import Fingerprint
from heluo.domains.rights.queries.near import bands_of, signed
from heluo.kernel.files.enums import FileKind, PreviewRole
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.public import StorageTrouble, current_storage

SHORTEST = 200
"""Characters: a code of less says little."""
SIDE = 32
"""Of the picture the standard's image code is made of, in pixels."""


def fingerprint_files(*, files: Collection[UUID]) -> int:
    """Make the codes of contents that have none yet; how many. The text, and of pictures what they look like."""
    blobs = (
        Blob.objects.filter(pk__in=StoredFile.objects.filter(uuid__in=files).values("blob"))
        .exclude(Exists(Fingerprint.objects.filter(sha256=OuterRef("sha256"))))
        .prefetch_related("previews")
        .order_by("pk")
    )
    made = [code for blob in blobs for code in _codes_of(blob)]
    with transaction.atomic():
        Fingerprint.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _codes_of(blob: Blob) -> list[Fingerprint]:
    codes = {}
    if len(blob.text) >= SHORTEST:
        codes[CodeKind.TEXT] = gen_text_code_v0(blob.text).iscc
    if blob.format.kind == FileKind.IMAGE and (pixels := _pixels_of(blob)):
        codes[CodeKind.IMAGE] = gen_image_code_v0(pixels).iscc
    return [_row(blob.sha256, of, iscc) for of, iscc in codes.items()]


def _row(sha256: str, of: CodeKind, iscc: str) -> Fingerprint:
    code = signed(iscc_decode(iscc)[4])
    return Fingerprint(sha256=sha256, of=of, iscc=iscc, code=code, bands=bands_of(code))


def _pixels_of(blob: Blob) -> bytes:
    """The picture in 32 by 32 shades of grey, on white, as the standard wants it; from its thumbnail."""
    thumbnail = next((one for one in blob.previews.all() if one.role == PreviewRole.THUMBNAIL), None)
    if thumbnail is None:
        return b""
    try:
        with current_storage().as_file(thumbnail.sha256) as path, Image.open(path) as picture:
            whole = picture.convert("RGBA")
            paper = Image.new("RGBA", whole.size, "white")
            grey = Image.alpha_composite(paper, whole).convert("L")
            return grey.resize((SIDE, SIDE), Image.Resampling.BICUBIC).tobytes()
    except (StorageTrouble, UnidentifiedImageError, OSError):
        return b""
