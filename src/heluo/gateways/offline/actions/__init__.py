"""Every write: what is ordered and written (`writing`), what is read and applied (`reading`)."""

from heluo.gateways.offline.actions.reading import Read, note_taken, read_package
from heluo.gateways.offline.actions.writing import order_package, write_package

__all__ = ["Read", "note_taken", "order_package", "read_package", "write_package"]
