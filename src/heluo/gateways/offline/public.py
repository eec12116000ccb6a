"""What the command line and the benchmark call."""

from heluo.gateways.offline.access import CARRIER
from heluo.gateways.offline.actions import Read, order_package, read_package, write_package
from heluo.gateways.offline.models import Package
from heluo.gateways.offline.queries import packages
from heluo.gateways.offline.selection import Chosen

__all__ = ["CARRIER", "Chosen", "Package", "Read", "order_package", "packages", "read_package", "write_package"]
