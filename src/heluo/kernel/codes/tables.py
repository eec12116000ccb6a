"""The code tables as each process keeps them: every page asks for them, and only `load_codes` after a migration brings
new ones.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from heluo.kernel.codes.models import Code, CodeSet


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a table with its codes in published order."""

    code_set: CodeSet
    codes: dict[str, Code]

    def is_in_force(self, on: date) -> bool:
        """As `in_force` says it to the database."""
        begins, ends = self.code_set.valid_from, self.code_set.valid_to
        return (begins is None or begins <= on) and (ends is None or on <= ends)


@cache
def tables() -> dict[str, tuple[Edition, ...]]:
    """Key → all editions of that table, the newest first; two statements the first time, none after."""
    codes: dict[int, dict[str, Code]] = {}
    for code in Code.objects.select_related("parent", "code_set").order_by("position"):
        codes.setdefault(code.code_set_id, {})[code.value] = code
    found: dict[str, tuple[Edition, ...]] = {}
    for code_set in CodeSet.objects.order_by("key", "-version"):
        found[code_set.key] = (*found.get(code_set.key, ()), Edition(code_set, codes.get(code_set.pk, {})))
    return found


def read_tables_anew() -> None:
    """After new ones were loaded."""
    tables.cache_clear()
    tables()
