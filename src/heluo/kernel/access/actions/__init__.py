"""Every write at the door: one function per use case."""

from heluo.kernel.access.actions.keys import Rotation, rotate_keys
from heluo.kernel.access.actions.officers import NewOfficer, Reset, create_officer, reset_sign_in
from heluo.kernel.access.actions.sessions import end_sessions, end_tokens_of_systems, purge_expired
from heluo.kernel.access.actions.systems import NewSystem, connect_system, remove_system
from heluo.kernel.access.actions.tokens import (
    LONGEST_LIFETIME,
    TOKENS_AT_ONCE,
    NewToken,
    issue_token,
    revoke_token,
)

__all__ = [
    "LONGEST_LIFETIME",
    "TOKENS_AT_ONCE",
    "NewOfficer",
    "NewSystem",
    "NewToken",
    "Reset",
    "Rotation",
    "connect_system",
    "create_officer",
    "end_sessions",
    "end_tokens_of_systems",
    "issue_token",
    "purge_expired",
    "remove_system",
    "reset_sign_in",
    "revoke_token",
    "rotate_keys",
]
