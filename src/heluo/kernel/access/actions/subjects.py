"""Accounts as the audit names them."""

from heluo.kernel.actors.public import WHOLE_TREE
from heluo.kernel.audit.public import Subject
from heluo.kernel.people.models import Account


def subject_of(account: Account) -> Subject:
    """The account by its username; it belongs to no place of the tree."""
    return Subject(kind="account", id=str(account.pk), title=account.username, path=WHOLE_TREE)
