"""What a caller must be ready for."""

from heluo.kernel.outward.enums import Trouble


class Unreachable(Exception):
    """No answer came; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
