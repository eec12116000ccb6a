"""This app's share of the demo: an invented tree that fits the lessons of the demo, marked as an example throughout."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.actions import import_tree_file, open_tree_file
from heluo.domains.textbooks.models import Textbook
from heluo.kernel.actors.public import platform_actor

DEMO = platform_actor("demo", Permission)
EXAMPLE = Path(__file__).parent / "data" / "example.csv"


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Take over the example file; does nothing twice. Large demos hang nothing more on it."""
    if Textbook.objects.exists():
        return
    opened = open_tree_file(by=DEMO, name="示例教材目录.csv", content=EXAMPLE.read_bytes(), is_complete=False, now=now)
    file = import_tree_file(by=DEMO, file=opened, now=now)
    say(f"教材目录：{file.counts['textbook']['new']} 册示例教材，{file.counts['chapter']['new']} 个章节")
