"""People who try the doors."""

from tests.accounts import make_account, school

__all__ = ["make_account", "school"]
