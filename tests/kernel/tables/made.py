"""Workbooks to be read, with whatever should be odd about them."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import xlsxwriter


@dataclass(frozen=True)
class Book:
    """Rows by sheet. A text that begins with `=` is a formula without a result."""

    rows: Mapping[str, Sequence[Sequence[object]]]
    hidden: Sequence[str] = ()
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def content(self) -> bytes:
        out = BytesIO()
        with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
            for title, rows in self.rows.items():
                sheet = book.add_worksheet(title)
                for place, row in enumerate(rows):
                    for column, value in enumerate(row):
                        if isinstance(value, str) and value.startswith("="):
                            sheet.write_formula(place, column, value, None, "")
                        elif value != "":
                            sheet.write(place, column, value)
                for block in self.merged.get(title, ()):
                    sheet.merge_range(block, "")
                if title in self.hidden:
                    sheet.hide()
        return out.getvalue()


def with_sheet(content: bytes, *, before: str, put: str) -> bytes:
    """A workbook with something put into its first sheet."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for info in archive.infolist():
            part = archive.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                part = part.replace(before.encode(), (put + before).encode(), 1)
            written.writestr(info.filename, part)
    return out.getvalue()
