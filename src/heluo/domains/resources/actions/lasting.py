"""How long what is public holds: telling its author before the end, taking it down after, prolonging it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext, ngettext

from heluo.domains.resources.access import require_author
from heluo.domains.resources.actions.links import note_links
from heluo.domains.resources.actions.steps import add_step, locked, tell
from heluo.domains.resources.enums import NoticeKind, ResourceState, Step, VersionState
from heluo.domains.resources.errors import NothingToProlong, NotLonger, ProlongingReasonNeeded
from heluo.domains.resources.events import ResourcePublished, ResourcesWithdrawn
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import WARNED_BEFORE, catalogue_entry, ending_by, news_about, over_before
from heluo.engines.catalogue.public import Permission as CataloguePermission
from heluo.engines.catalogue.public import publish_entry, withdraw_entries
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.notices.public import settle_notices, tell_people

TIME = platform_actor("resources", [CataloguePermission.PUBLISH])
"""Who takes down what is over: nobody decides it, the day has passed."""
AT_ONCE = 500


@transaction.atomic
def warn_of_ends(*, now: datetime) -> int:
    """Tell authors whose resources end soon, once a month before and once a week before; how many were told.

    It looks at what ends from today on, so it may be run again, or late: then only the nearer warning is given.
    """
    today = local_day(now)
    news = []
    for version in ending_by(today + max(WARNED_BEFORE)).order_by("valid_until", "pk").iterator():
        assert version.valid_until is not None  # noqa: S101  # it ends
        before = min(span for span in WARNED_BEFORE if version.valid_until <= today + span)
        news.append(news_about(version, NoticeKind.ENDS, _warning(version, before)))
    return tell_people(news=news, now=now)


@transaction.atomic
def take_down_what_is_over(*, now: datetime, most: int = AT_ONCE) -> int:
    """Take from the public whatever held until a day that has passed, earlier versions too; how many resources.

    A few statements however many; safe to repeat, and to run late. What others are at work on waits for the next time.
    """
    over = over_before(local_day(now))
    held = list(
        Resource.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk__in=over.order_by("valid_until", "pk").values("resource")[:most])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    versions = list(over.filter(resource__in=held))
    public = [version for version in versions if version.pk == version.resource.published_id]
    ResourceVersion.objects.filter(pk__in=[version.pk for version in versions]).update(state=VersionState.EXPIRED)
    Resource.objects.filter(pk__in=[version.resource_id for version in public]).update(
        state=ResourceState.WITHDRAWN, published=None
    )
    ReviewStep.objects.bulk_create(
        [
            ReviewStep(version=version, step=Step.EXPIRED, title=version.title, until=version.valid_until, at=now)
            for version in versions
        ]
    )
    if public:
        gone = [version.resource.uuid for version in public]
        withdraw_entries(by=TIME, identifiers=gone, reason=gettext("有效期已满。"), now=now)
        authors = tuple(sorted({version.resource.author.uuid for version in public}))
        announce(ResourcesWithdrawn(count=len(public), authors=authors), by=TIME, at=now)
        _say_it_is_over(public, now)
    _note(versions, now)
    return len(held)


@transaction.atomic
def prolong_resource(*, by: Actor, resource: Resource, until: date, reason: str, now: datetime) -> ResourceVersion:
    """Let what is public hold until a later day; what was taken down because its day had passed is public again as it
    was. The author alone may, and says why in the trail.
    """
    resource = locked(resource)
    require_author(by, resource)
    version = resource.last_shown
    if (
        version is None
        or version.valid_until is None
        or not (version.pk == resource.published_id or version.state == VersionState.EXPIRED)
    ):
        raise NothingToProlong
    if not reason.strip():
        raise ProlongingReasonNeeded(field="reason")
    passed = max(version.valid_until, local_day(now) - timedelta(days=1))
    if until <= passed:
        raise NotLonger(field="until", day=passed.isoformat())
    was_over = version.state == VersionState.EXPIRED
    settle_warnings([version], now=now)
    version.valid_until, version.state = until, VersionState.PUBLISHED
    version.save(update_fields=["valid_until", "state"])
    resource.state, resource.published, resource.replaced_by = ResourceState.PUBLISHED, version, None
    resource.save(update_fields=["state", "published", "replaced_by"])
    add_step(by, now, version, Step.PROLONGED, comment=reason.strip(), until=until)
    publish_entry(by=by, identifier=resource.uuid, draft=catalogue_entry(version), now=now)
    if was_over:
        note_links([version], now=now)
        tell(ResourcePublished, by, now, version)
    return version


def _warning(version: ResourceVersion, before: timedelta) -> str:
    """What a warning is known by: the same end is told once for each span."""
    return f"{version.resource.uuid}:{version.valid_until}:{before.days}"


def settle_warnings(versions: Sequence[ResourceVersion], *, now: datetime) -> None:
    """What was told of the end of versions is of no use any more: prolonged, over, replaced or withdrawn."""
    settle_notices(keys=[_warning(one, span) for one in versions if one.valid_until for span in WARNED_BEFORE], now=now)


def _say_it_is_over(versions: Sequence[ResourceVersion], now: datetime) -> None:
    settle_warnings(versions, now=now)
    told = [news_about(one, NoticeKind.OVER, f"{one.resource.uuid}:{one.valid_until}") for one in versions]
    tell_people(news=told, now=now)


def _note(versions: Sequence[ResourceVersion], now: datetime) -> None:
    """One audit row for an organisation, so that its officers see it."""
    places = defaultdict(list)
    for version in versions:
        places[version.resource.organisation.path].append(version)
    for path, some in places.items():
        title = ngettext("%(count)d 个资源", "%(count)d 个资源", len(some)) % {"count": len(some)}
        record_batch(
            by=TIME,
            at=now,
            deed=f"resources.{Step.EXPIRED.value}",
            subject=Subject(kind="resources", id=str(some[0].resource.uuid), title=title, path=path),
            differences=[
                Difference(
                    str(version.resource.uuid),
                    before={"version": version.number, "expires_at": str(version.valid_until)},
                )
                for version in some
            ],
        )
