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
def editions_of(key: str) -> tuple[Edition, ...]:
    """All editions of a table, the newest first; two statements the first time, none after."""
    codes: dict[int, dict[str, Code]] = {}
    for code in Code.objects.filter(code_set__key=key).select_related("parent", "code_set").order_by("position"):
        codes.setdefault(code.code_set_id, {})[code.value] = code
    found = CodeSet.objects.filter(key=key).order_by("-version")
    return tuple(Edition(code_set, codes.get(code_set.pk, {})) for code_set in found)


def forget_tables() -> None:
    """Read them anew when next asked for."""
    editions_of.cache_clear()
