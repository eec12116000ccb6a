"""What the rest of the house calls: `from heluo.kernel.tables.public import Layout, read_table`."""

from heluo.kernel.tables.enums import CellFault, Fault
from heluo.kernel.tables.errors import (
    MOST_LISTED,
    CellsWrong,
    Finding,
    NoTable,
    OldWorkbook,
    PasswordProtected,
    TableEmpty,
    TableTooLarge,
    UnfoldsTooFar,
    Unreadable,
)
from heluo.kernel.tables.reading import ACCEPTED, MEGABYTE, Layout, Row, Table, read_table, read_text
from heluo.kernel.tables.unfolding import refuse_crowd, unfolded
from heluo.kernel.tables.words import Words, folded, words_of, words_of_codes
from heluo.kernel.tables.workbook import (
    Cell,
    Merge,
    Sheet,
    Workbook,
    day_of_serial,
    letters_of,
    open_workbook,
    refuse_ole,
)

__all__ = [
    "ACCEPTED",
    "MEGABYTE",
    "MOST_LISTED",
    "Cell",
    "CellFault",
    "CellsWrong",
    "Fault",
    "Finding",
    "Layout",
    "Merge",
    "NoTable",
    "OldWorkbook",
    "PasswordProtected",
    "Row",
    "Sheet",
    "Table",
    "TableEmpty",
    "TableTooLarge",
    "UnfoldsTooFar",
    "Unreadable",
    "Words",
    "Workbook",
    "day_of_serial",
    "folded",
    "letters_of",
    "open_workbook",
    "read_table",
    "read_text",
    "refuse_crowd",
    "refuse_ole",
    "unfolded",
    "words_of",
    "words_of_codes",
]
