"""Who may see and change organisations."""

from enum import StrEnum


class Permission(StrEnum):
    VIEW = "organisations.view"
    """See an organisation and everything below it."""
    MANAGE = "organisations.manage"
    """Open, rename, move and close what lies below one's own organisation."""
    RECORD_FACTS = "organisations.record_facts"
    """Keep address, telephone, founder and the like of one's own organisation and those below."""
    FOUND = "organisations.found"
    """Found the bureaus of all regions: the platform and the province only."""
    MANAGE_CLASSES = "organisations.manage_classes"
    """Open classes at a school."""
    PLAN_TERMS = "organisations.plan_terms"
    """Set the first and last day of a term."""
