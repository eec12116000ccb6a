"""What the rest of the house calls: the command line adds and revokes clients."""

from heluo.gateways.oneroster.access import Permission
from heluo.gateways.oneroster.actions import NewClient, add_client, revoke_client
from heluo.gateways.oneroster.enums import Scope
from heluo.gateways.oneroster.queries import clients

__all__ = ["NewClient", "Permission", "Scope", "add_client", "clients", "revoke_client"]
