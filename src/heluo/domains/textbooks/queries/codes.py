"""Printable sheets of QR codes: what a code leads to, and the page it stands on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import qrcode  # type: ignore[import-untyped]  # ships no types
import typst
from django.conf import settings
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]

SHEET = Path(__file__).parent.parent / "templates" / "textbooks" / "codes.typ"


@dataclass(frozen=True, slots=True)
class Label:
    """A code on a sheet: the address it opens, and the words below it."""

    url: str
    title: str
    note: str = ""


def drawn(url: str) -> str:
    """The QR code of an address as an SVG of one path, with the four modules of quiet that readers need."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(url)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = "".join(
        f"M{column} {line}h1v1h-1z" for line, row in enumerate(rows) for column, is_dark in enumerate(row) if is_dark
    )
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{squares}"/></svg>'
    )


def code_sheet(*, title: str, lead: str, labels: Sequence[Label]) -> bytes:
    """Labels to cut out, twelve on a page, as a PDF."""
    fonts = Path(settings.BUILT) / "fonts"
    data = {
        "title": title,
        "lead": lead,
        "labels": [
            {"code": drawn(label.url), "title": label.title, "note": label.note, "url": label.url} for label in labels
        ],
    }
    pdf: bytes = typst.compile(  # type: ignore[misc]  # its stubs infer too little
        SHEET.read_bytes(),
        font_paths=[str(fonts)] if fonts.exists() else [],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return pdf
