"""What other domains call: `from heluo.domains.packages.public import packages_shown`."""

from heluo.domains.packages.access import Place, opens
from heluo.domains.packages.queries import PackageShown, packages_shown

__all__ = ["PackageShown", "Place", "opens", "packages_shown"]
