"""Who may ask, who may see, who decides.

Somebody asks for themselves, and a current guardian for a minor. What is held is shown to them alone: a clerk has the
pages of the register, and sees of a request what it is about. A request is decided where the fact comes from; the
bureaus above see it. To everybody else there is nothing.
"""

from enum import StrEnum


class Permission(StrEnum):
    VIEW = "subject_rights.view"
    """See the requests that lie at one's organisation and everything below."""
    DECIDE = "subject_rights.decide"
    """Decide the requests that lie at one's organisation or below."""
