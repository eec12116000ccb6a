"""What stands on the home page of a virtual platform."""

from django.db import models

from heluo.kernel.tenants.public import TenantOwned
from heluo.portal.home.enums import BlockKind

LONGEST_TITLE, LONGEST_TEXT, MOST_BLOCKS = 60, 4000, 20


class HomeBlock(TenantOwned):
    """A part of the home page, at its place. `text` is a sentence, or one thing a line, as its kind reads it."""

    kind = models.CharField(max_length=12, choices=BlockKind.choices)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    text = models.TextField(max_length=LONGEST_TEXT, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta(TenantOwned.Meta):
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())
