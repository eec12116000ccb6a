"""Who sees and settles what quality finds.

Findings of a school are seen by its administrators and by the bureaus above it. The school answers for its own data;
only a bureau above may accept an explanation. Nobody can change a fact from here.
"""

from enum import StrEnum


class Permission(StrEnum):
    VIEW = "quality.view"
    """See scores, tickets and findings of one's organisation and everything below."""
    ANSWER = "quality.answer"
    """Have one's own tickets checked again, and explain what cannot be mended."""
    DECIDE = "quality.decide"
    """Accept or refuse the explanations of organisations below, and order a check."""
    RULE = "quality.rule"
    """Switch rules, change their bounds, weights and due days."""
