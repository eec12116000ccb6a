"""The accounts of the demo, read from the data folder without touching the database."""

import json
from pathlib import Path
from unicodedata import east_asian_width


def accounts_file(data: Path) -> Path:
    return data / "keys" / "demo-accounts.json"


def read_accounts(data: Path) -> list[dict[str, str]]:
    """Role, username, password and organisation of each demo account; empty where there is no demo."""
    try:
        stored = json.loads(accounts_file(data).read_text())
    except FileNotFoundError:
        return []
    accounts: list[dict[str, str]] = stored["accounts"] if isinstance(stored, dict) else stored
    return accounts


def account_lines(data: Path) -> list[str]:
    """The accounts as aligned lines."""
    columns = ("role", "username", "password", "organisation")
    rows = [[str(account.get(column, "")) for column in columns] for account in read_accounts(data)]
    widths = [max((_width(row[index]) for row in rows), default=0) for index in range(len(columns))]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
