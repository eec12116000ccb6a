"""Writing news, publishing it and taking it back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from heluo.domains.news.access import Permission
from heluo.domains.news.enums import NewsState
from heluo.domains.news.errors import EndsBeforeItStarts, NotPublished
from heluo.domains.news.models import News
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.files.public import StoredFile
from heluo.kernel.tenants.public import Permission as TenantPermission
from heluo.kernel.tenants.public import Row, Tenant, tenant_here

KIND = "news"


@dataclass(frozen=True, slots=True)
class Text:
    """What news says, and when."""

    title: str
    body: str
    summary: str = ""
    is_pinned: bool = False
    shown_from: date | None = None
    shown_until: date | None = None


@transaction.atomic
def write_news(*, by: Actor, text: Text, cover: StoredFile | None = None, now: datetime) -> News:
    """A draft, for the virtual platform at hand."""
    tenant = _place(by)
    _check(text)
    news = News(uuid=mint_identifier(KIND, str(uuid4())), cover=cover, changed_at=now)
    _put(news, text)
    news.save()
    _note(by, now, "news.written", news, tenant)
    return news


@transaction.atomic
def change_news(
    *, by: Actor, news: News, text: Text, cover: StoredFile | None = None, drop_cover: bool = False, now: datetime
) -> News:
    """Say it otherwise; what is published changes at once. A cover replaces the one there is."""
    tenant = _place(by)
    _check(text)
    fresh = _locked(news)
    _put(fresh, text)
    if cover is not None or drop_cover:
        fresh.cover = cover
    fresh.changed_at = now
    fresh.save()
    _note(by, now, "news.changed", fresh, tenant)
    return fresh


@transaction.atomic
def publish_news(*, by: Actor, news: News, now: datetime) -> News:
    """For everybody, from its first day on. The moment of the first time stays."""
    tenant = _place(by)
    fresh = _locked(news)
    fresh.state = NewsState.PUBLISHED
    fresh.published_at = fresh.published_at or now
    fresh.changed_at = now
    fresh.save(update_fields=["state", "published_at", "changed_at"])
    _note(by, now, "news.published", fresh, tenant)
    return fresh


@transaction.atomic
def withdraw_news(*, by: Actor, news: News, now: datetime) -> News:
    """No longer for anybody but those who write it."""
    tenant = _place(by)
    fresh = _locked(news)
    if fresh.state != NewsState.PUBLISHED:
        raise NotPublished(title=fresh.title)
    fresh.state, fresh.changed_at = NewsState.WITHDRAWN, now
    fresh.save(update_fields=["state", "changed_at"])
    _note(by, now, "news.withdrawn", fresh, tenant)
    return fresh


def _place(by: Actor) -> Tenant:
    tenant = tenant_here()
    require(by, Permission.KEEP, on=tenant)
    return tenant


def _check(text: Text) -> None:
    if text.shown_from and text.shown_until and text.shown_until < text.shown_from:
        raise EndsBeforeItStarts(field="shown_until")


def _locked(news: News) -> News:
    fresh = News.objects.select_for_update().filter(pk=news.pk).first()
    if fresh is None:
        raise NotFound
    return fresh


def _put(news: News, text: Text) -> None:
    news.title, news.summary, news.body = text.title.strip(), text.summary.strip(), text.body.strip()
    news.is_pinned, news.shown_from, news.shown_until = text.is_pinned, text.shown_from, text.shown_until


def _note(by: Actor, now: datetime, deed: str, news: News, tenant: Tenant) -> None:
    subject = Subject(kind="news", id=str(news.uuid), title=news.title, path=tenant.organisation.path)
    record(by=by, at=now, deed=deed, subject=subject)


# -- moving along with the virtual platform ---------------------------------------------------------------------------

CARRIED = ("title", "summary", "body", "state", "is_pinned")
DAYS, MOMENTS = ("shown_from", "shown_until"), ("published_at", "changed_at")


def rows_to_carry() -> Iterator[Row]:
    """All news of the virtual platform at hand, in plain values."""
    for one in News.objects.select_related("cover").order_by("pk"):
        days = {name: getattr(one, name) for name in (*DAYS, *MOMENTS)}
        yield {
            "uuid": str(one.uuid),
            "cover": str(one.cover.uuid) if one.cover else None,
            **{name: getattr(one, name) for name in CARRIED},
            **{name: value.isoformat() if value else None for name, value in days.items()},
        }


def files_to_carry() -> Iterator[StoredFile]:
    return (one.cover for one in News.objects.select_related("cover__blob").exclude(cover=None) if one.cover)


@transaction.atomic
def take_in(by: Actor, rows: Sequence[Row], now: datetime) -> None:
    """Under the identifiers they had. Where one is here already, whichever was changed last stays."""
    require(by, TenantPermission.GRANT, on=tenant_here())
    standing = {str(one.uuid): one for one in News.objects.select_for_update()}
    named = [str(row["cover"]) for row in rows if row["cover"]]
    covers = {str(one.uuid): one for one in StoredFile.objects.filter(uuid__in=named)}
    for row in rows:
        news = standing.get(str(row["uuid"])) or News(uuid=UUID(str(row["uuid"])))
        changed_at = datetime.fromisoformat(str(row["changed_at"]))
        if news.pk and news.changed_at >= changed_at:
            continue
        for name in CARRIED:
            setattr(news, name, row[name])
        for name in DAYS:
            setattr(news, name, date.fromisoformat(str(row[name])) if row[name] else None)
        news.published_at = datetime.fromisoformat(str(row["published_at"])) if row["published_at"] else None
        news.changed_at, news.cover = changed_at, covers.get(str(row["cover"]))
        news.save()
