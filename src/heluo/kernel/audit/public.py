"""What the rest of the house calls: `from heluo.kernel.audit.public import Subject, record`."""

from heluo.kernel.audit.actions import Difference, Subject, record, record_batch

__all__ = ["Difference", "Subject", "record", "record_batch"]
