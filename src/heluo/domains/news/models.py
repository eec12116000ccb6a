"""News of virtual platforms."""

from django.db import models
from django.db.models import F, Q

from heluo.domains.news.enums import TONES, NewsState
from heluo.kernel.files.models import StoredFile
from heluo.kernel.tenants.public import TenantOwned

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_BODY = 100, 200, 20_000


class News(TenantOwned):
    """What a virtual platform tells: a text in Markdown with a picture, shown between two days."""

    uuid = models.UUIDField(unique=True, editable=False)
    title = models.CharField(max_length=LONGEST_TITLE)
    summary = models.CharField(max_length=LONGEST_SUMMARY, blank=True)
    body = models.TextField(max_length=LONGEST_BODY, help_text="Markdown.")
    cover = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=NewsState.choices, default=NewsState.DRAFT)
    is_pinned = models.BooleanField(default=False, help_text="Stands first.")
    shown_from = models.DateField(null=True, blank=True, help_text="First day; empty: as soon as it is published.")
    shown_until = models.DateField(null=True, blank=True, help_text="Last day.")
    published_at = models.DateTimeField(null=True, blank=True, help_text="When it was published first.")
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state=NewsState.DRAFT) | Q(published_at__isnull=False), name="news_has_its_moment"
            ),
            models.CheckConstraint(
                condition=Q(shown_from__isnull=True)
                | Q(shown_until__isnull=True)
                | Q(shown_until__gte=F("shown_from")),
                name="news_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "-is_pinned", "-published_at", "-id"],
                condition=Q(state=NewsState.PUBLISHED),
                name="news_newest",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_tone(self) -> str:
        return TONES[NewsState(self.state)]
