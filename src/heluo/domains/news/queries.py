"""Reads of the news of the virtual platform at hand."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from heluo.domains.news.enums import NewsState
from heluo.domains.news.models import News
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.tenants.public import tenant_here

NEWEST = ("-is_pinned", "-published_at", "-id")


def told_news(*, on: date) -> QuerySet[News]:
    """What everybody may read on a day, with covers in two queries more."""
    tenant_here()
    told = News.objects.filter(
        Q(shown_from__isnull=True) | Q(shown_from__lte=on),
        Q(shown_until__isnull=True) | Q(shown_until__gte=on),
        state=NewsState.PUBLISHED,
    )
    return told.select_related("cover__blob").prefetch_related("cover__blob__previews").order_by(*NEWEST)


def told_one(uuid: UUID, *, on: date) -> News:
    found = told_news(on=on).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def all_news() -> QuerySet[News]:
    """Drafts and withdrawn ones too, for whoever writes them."""
    return News.objects.order_by("-changed_at", "-id")


def one_of(uuid: UUID) -> News:
    found = News.objects.select_related("cover__blob").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found
