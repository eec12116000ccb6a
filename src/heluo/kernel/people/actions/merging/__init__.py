"""A school's lists of people beside the register: compared, and written where they differ. Set-based throughout."""

from heluo.kernel.people.actions.merging.comparing import Comparison, compare_lists
from heluo.kernel.people.actions.merging.lists import (
    Clash,
    Line,
    ListedGuardianship,
    ListedPerson,
    ListedTeaching,
    Lists,
)
from heluo.kernel.people.actions.merging.merging import Merged, changes_in, merge_lists

__all__ = [
    "Clash",
    "Comparison",
    "Line",
    "ListedGuardianship",
    "ListedPerson",
    "ListedTeaching",
    "Lists",
    "Merged",
    "changes_in",
    "compare_lists",
    "merge_lists",
]
"""Words used here: a *line* says something about one person under a number of the caller's own; several lines that
share an identifier are one person, a *listed* one, led by the line with the lowest number (`head`)."""
