"""People to sign in as."""

from tests.accounts import _fresh_counters, make_account, school, signed_in, teacher

__all__ = ["_fresh_counters", "make_account", "school", "signed_in", "teacher"]
