"""People who open the portal's pages."""

from tests.accounts import _fresh_counters, make_account, school

__all__ = ["_fresh_counters", "make_account", "school"]
