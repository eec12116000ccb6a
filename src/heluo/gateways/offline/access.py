"""Who may have packages written and read: operators, and whoever sits at the machine."""

from enum import StrEnum

from heluo.engines.catalogue.access import Permission as CataloguePermission
from heluo.gateways.harvesting.access import Permission as HarvestingPermission
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.nodes.access import Permission as NodesPermission
from heluo.kernel.transfers.access import Permission as TransfersPermission


class Permission(StrEnum):
    CARRY = "offline.carry"
    """Write what everybody may see to a disk, and take in what a trusted node has written to one."""


CARRIER = platform_actor(
    "heluo package",
    [
        Permission.CARRY,
        HarvestingPermission.KEEP,
        CataloguePermission.RECEIVE,
        TransfersPermission.FETCH,
        NodesPermission.MANAGE,
    ],
)
