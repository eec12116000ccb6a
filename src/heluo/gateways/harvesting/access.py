"""Who may have the catalogues of others harvested."""

from enum import StrEnum

from heluo.kernel.actors.enums import Role


class Permission(StrEnum):
    KEEP = "harvesting.keep"
    """Add and keep sources whose records stand under an organisation of one's tree; decide on what they send."""


KEEPERS = (Role.PROVINCE_ADMIN, Role.CITY_OFFICER)
