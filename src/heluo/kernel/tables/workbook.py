"""An .xlsx workbook (ISO/IEC 29500) read as a stream: constant memory however many rows, and nothing believed.

The usual readers either hold a whole sheet in memory, empty rows and all, or hide what matters here: whether a formula
has kept its result, which cells are merged, whether Excel has dropped digits of a number. The format is small enough
to read with the standard library's Expat; the record in docs/decisions has the measurements.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from io import SEEK_END
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from heluo.kernel.tables.enums import CellFault
from heluo.kernel.tables.errors import OldWorkbook, PasswordProtected, UnfoldsTooFar, Unreadable
from heluo.kernel.tables.unfolding import LARGEST_PART, SMALL_PART, refuse_crowd, unfolded

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_STRINGS = 512 * 1024**2
"""Bytes of the unfolded table of shared strings, the only part that is held in memory."""
MOST_COLUMNS = 200
"""Cells further right are not looked at; tables of people have fewer than fifty."""
LAST_ROW = 1_048_576
SAFE_DIGITS = 15
"""Excel keeps so many digits of a number."""
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, expat.ExpatError),
    *(KeyError, ValueError, IndexError, EOFError, OSError),
)
"""What the libraries raise for a file that is not what it says."""
_BUILT_IN_DATES = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
_DATE_LETTERS = re.compile(r"[ymd年月日]", re.IGNORECASE)
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, as text; `fault` where it cannot be trusted."""

    text: str
    fault: CellFault | None = None
    is_decimal: bool = False
    """Is a number with a fraction: whether its last digit was a zero is lost."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A block of merged cells: rows and columns, both included, columns from 0."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(slots=True)
class Sheet:
    """A worksheet. `merges` is complete once its rows have been read."""

    name: str
    is_hidden: bool
    part: str
    merges: list[Merge] = field(default_factory=list)


class Workbook:
    """An open workbook; made by `open_workbook`."""

    def __init__(self, archive: zipfile.ZipFile, largest: int) -> None:
        self.archive = archive
        self.largest = largest
        self.epoch = date(1899, 12, 30)
        self.sheets = self._read_sheets()
        self.date_styles = self._read_styles()
        self.strings = self._read_strings()

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Number (from 1) and cells by column (from 0) of each row that holds something."""
        reader = _SheetReader(self, sheet)
        for chunk in self._chunks(sheet.part, self.largest):
            reader.feed(chunk)
            yield from reader.taken()
        reader.feed(b"", is_last=True)
        yield from reader.taken()

    def _read_sheets(self) -> list[Sheet]:
        targets: dict[str, str] = {}
        found: list[tuple[str, str, str]] = []

        def relation(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        def sheet(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet":
                key = next((value for title, value in attributes.items() if title.endswith(":id")), "")
                found.append((attributes.get("name", ""), attributes.get("state", "visible"), key))
            elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                self.epoch = date(1904, 1, 1)

        self._parse("xl/_rels/workbook.xml.rels", relation)
        self._parse("xl/workbook.xml", sheet)
        return [
            Sheet(name=name, is_hidden=state != "visible", part=_part_of(targets[key]))
            for name, state, key in found
            if _part_of(targets.get(key, "")) in self.archive.NameToInfo
        ]

    def _read_styles(self) -> frozenset[int]:
        """Numbers of the cell styles that show a date."""
        formats: dict[int, str] = {}
        styles: list[int] = []
        inside = [""]

        def element(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                formats[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
            elif name in {"cellXfs", "cellStyleXfs"}:
                inside[0] = name
            elif name == "xf" and inside[0] == "cellXfs":
                styles.append(int(attributes.get("numFmtId", "0")))

        if "xl/styles.xml" in self.archive.NameToInfo:
            self._parse("xl/styles.xml", element)
        return frozenset(
            place
            for place, number in enumerate(styles)
            if number in _BUILT_IN_DATES or _DATE_LETTERS.search(_NOT_LETTERS.sub("", formats.get(number, "")))
        )

    def _read_strings(self) -> list[str]:
        strings: list[str] = []
        text: list[str] = []
        state = {"t": False, "rPh": False}

        def start(name: str, _attributes: dict[str, str]) -> None:
            if name in state:
                state[name] = True

        def end(name: str) -> None:
            if name in state:
                state[name] = False
            elif name == "si":
                strings.append("".join(text))
                text.clear()

        def data(piece: str) -> None:
            if state["t"] and not state["rPh"]:
                text.append(piece)

        if "xl/sharedStrings.xml" in self.archive.NameToInfo:
            self._parse("xl/sharedStrings.xml", start, end, data, largest=min(LARGEST_STRINGS, self.largest))
        return strings

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        data: Callable[[str], None] | None = None,
        *,
        largest: int = SMALL_PART,
    ) -> None:
        parser = _parser(start, end, data)
        for chunk in self._chunks(part, largest):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _chunks(self, part: str, largest: int) -> Iterator[bytes]:
        """The bytes of a part; refuses to unfold more than is reasonable, whatever the directory says."""
        return unfolded(self.archive, self.archive.getinfo(part), largest=largest)


@contextmanager
def open_workbook(source: Path | IO[bytes], *, largest: int = LARGEST_PART) -> Iterator[Workbook]:
    """A workbook to read, of which no part unfolds to more than `largest` bytes.

    Raises `PasswordProtected`, `OldWorkbook`, `UnfoldsTooFar`, `Unreadable`, also while its rows are read.
    """
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
        refuse_ole(file)
        try:
            with zipfile.ZipFile(file) as archive:
                _refuse_odd(archive, file.seek(0, SEEK_END))
                yield Workbook(archive, largest)
        except BROKEN as error:
            raise Unreadable from error
        except RuntimeError as error:
            # zipfile says so where a part is encrypted
            raise PasswordProtected from error


def refuse_ole(file: IO[bytes]) -> None:
    """An encrypted .xlsx is an OLE container around it; so is every .xls."""
    head = file.read(len(OLE))
    if head == OLE:
        rest = file.read(1024 * 1024)
        raise PasswordProtected if "EncryptedPackage".encode("utf-16-le") in rest else OldWorkbook
    file.seek(0)


def _refuse_odd(archive: zipfile.ZipFile, size: int) -> None:
    refuse_crowd(archive, size)
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise PasswordProtected
    if "xl/workbook.xml" not in archive.NameToInfo:
        raise Unreadable


def _part_of(target: str) -> str:
    """The name of a part from a relationship of the workbook: relative to `xl/`, or absolute."""
    if target.startswith("/"):
        return target[1:]
    return str(PurePosixPath("xl") / target) if target else ""


def _parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None,
    data: Callable[[str], None] | None,
) -> expat.XMLParserType:
    """Expat that strips prefixes and refuses document types, where entities that unfold would be declared."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if data is not None:
        parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_declaration: object) -> None:
    raise UnfoldsTooFar


class _SheetReader:
    """Takes a worksheet's bytes, gives its rows."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self.workbook = workbook
        self.sheet = sheet
        self.finished: list[tuple[int, dict[int, Cell]]] = []
        self.number = 0
        self.cells: dict[int, Cell] = {}
        self.column = -1
        self.type = ""
        self.style = 0
        self.text: list[str] = []
        self.takes_text = False
        self.has_value = False
        self.has_formula = False
        self.parser = _parser(self.start, self.end, self.data)

    def feed(self, chunk: bytes, *, is_last: bool = False) -> None:
        self.parser.Parse(chunk, is_last)

    def taken(self) -> list[tuple[int, dict[int, Cell]]]:
        rows, self.finished = self.finished, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self.column = _column_of(reference) if reference else self.column + 1
            self.type = attributes.get("t", "n")
            self.style = int(attributes.get("s", "0"))
            self.text.clear()
            self.has_value = self.has_formula = False
        elif name in {"v", "t"}:
            self.takes_text = self.has_value = True
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.takes_text = False
        elif name == "row":
            self.number = int(attributes["r"]) if "r" in attributes else self.number + 1
            if not 0 < self.number <= LAST_ROW:
                raise ValueError(self.number)
            self.cells = {}
            self.column = -1
        elif name == "mergeCell":
            self.sheet.merges.append(_merge_of(attributes.get("ref", "")))

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.takes_text = False
        elif name == "c":
            if (self.has_value or self.has_formula) and self.column < MOST_COLUMNS:
                cell = self.cell()
                if cell.text or cell.fault:
                    self.cells[self.column] = cell
        elif name == "row" and self.cells:
            self.finished.append((self.number, self.cells))

    def data(self, piece: str) -> None:
        if self.takes_text:
            self.text.append(piece)

    def cell(self) -> Cell:
        text = "".join(self.text)
        if self.has_formula and not text and self.type != "str":
            return Cell("", CellFault.FORMULA)
        if self.type == "s":
            return Cell(self.workbook.strings[int(text)].strip())
        if self.type == "e":
            return Cell(text, CellFault.ERROR_VALUE)
        if self.type == "b":
            return Cell("是" if text == "1" else "否")
        if self.type == "n" and text:
            return self.shown_number(text)
        return Cell(text.strip())

    def shown_number(self, text: str) -> Cell:
        if self.style in self.workbook.date_styles:
            return Cell(day_of_serial(text, self.workbook.epoch) or text)
        try:
            number = Decimal(text)
        except InvalidOperation:
            return Cell(text)
        if not number.is_finite() or abs(number.adjusted()) > 40:
            return Cell(text)
        if number != number.to_integral_value():
            return Cell(f"{number:.{SAFE_DIGITS}g}", is_decimal=True)
        digits = f"{number:f}".split(".")[0]
        return Cell(digits, CellFault.LOST_DIGITS if len(digits) > SAFE_DIGITS else None)


def day_of_serial(text: str, epoch: date = date(1899, 12, 30)) -> str | None:
    """The ISO date of a serial number of days; None where it is none."""
    try:
        return (epoch + timedelta(days=int(Decimal(text)))).isoformat()
    except (InvalidOperation, OverflowError, ValueError):
        return None


def _column_of(reference: str) -> int:
    """`AB12` → 27."""
    column = 0
    for char in reference:
        if not char.isalpha():
            break
        column = column * 26 + ord(char.upper()) - 64
    return column - 1


def letters_of(column: int) -> str:
    """27 → `AB`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _merge_of(reference: str) -> Merge:
    first, _colon, last = reference.partition(":")
    last = last or first
    return Merge(_row_of(first), _row_of(last), _column_of(first), _column_of(last))


def _row_of(reference: str) -> int:
    return int(re.sub(r"\D", "", reference))
