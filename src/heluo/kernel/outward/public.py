"""What the rest of the house calls: `from heluo.kernel.outward.public import Unreachable, ask`."""

from heluo.kernel.outward.asking import Answer, ask
from heluo.kernel.outward.enums import Trouble
from heluo.kernel.outward.errors import Unreachable

__all__ = ["Answer", "Trouble", "Unreachable", "ask"]
