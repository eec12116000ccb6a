"""People to call the API as."""

from tests.accounts import make_account, school, signed_in, teacher

__all__ = ["make_account", "school", "signed_in", "teacher"]
