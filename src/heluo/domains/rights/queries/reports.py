"""What becomes of works: where they are, how they are used here and elsewhere, what came of them, what was earned."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from heluo.domains.rights.access import Permission
from heluo.domains.rights.enums import EventKind
from heluo.domains.rights.models import RightsEvent, Takedown, UsageElsewhere
from heluo.engines.catalogue.models import Entry
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, within
from heluo.kernel.feedback.enums import UseKind
from heluo.kernel.feedback.models import UseCount

MONTHS = 12


@dataclass(slots=True)
class Month:
    """Use in a month, here and elsewhere."""

    month: date
    views: int = 0
    downloads: int = 0
    adoptions: int = 0
    views_elsewhere: int = 0
    downloads_elsewhere: int = 0
    adoptions_elsewhere: int = 0


@dataclass(slots=True)
class WorkReport:
    """A work and the sums about it. Money in fen."""

    entry: Entry
    is_taken_down: bool = False
    views: int = 0
    downloads: int = 0
    adoptions: int = 0
    views_elsewhere: int = 0
    downloads_elsewhere: int = 0
    adoptions_elsewhere: int = 0
    nodes: list[tuple[str, date]] = field(default_factory=list)
    """Where it was used, as those nodes told, with the last day."""
    derivatives: int = 0
    earned: int = 0

    @property
    def yuan(self) -> str:
        return f"{self.earned // 100}.{self.earned % 100:02d}"


def works_of(actor: Actor) -> QuerySet[Entry]:
    """What the actor wrote, and for officers what their tree has published, of this node."""
    mine = Q(creator_id=actor.person_id) if actor.is_person else Q(pk__in=())
    officer = within(actor, Permission.ORDER) if allows(actor, Permission.ORDER) else Q(pk__in=())
    return (
        Entry.objects.filter(mine | officer, origin=settings.NODE_DOMAIN).select_related("organisation").defer("words")
    )


def own_work(actor: Actor, uuid: UUID) -> Entry:
    found = works_of(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def reports_of(entries: Collection[Entry]) -> list[WorkReport]:
    """The sums about some works, in a number of queries that does not grow with them."""
    reports = {entry.uuid: WorkReport(entry) for entry in entries}
    here = UseCount.objects.filter(subject__in=reports).values_list("subject", "use").annotate(total=Sum("count"))
    for subject, use, total in here:
        report = reports[subject]
        if use == UseKind.VIEW:
            report.views = total
        elif use == UseKind.DOWNLOAD:
            report.downloads = total
        elif use == UseKind.COLLECT:
            report.adoptions = total
    elsewhere = (
        UsageElsewhere.objects.filter(entry__in=reports)
        .values("entry", "node")
        .annotate(last=Max("day"), v=Sum("views"), d=Sum("downloads"), a=Sum("adoptions"))
        .order_by("node")
    )
    for row in elsewhere:
        report = reports[row["entry"]]
        report.views_elsewhere += row["v"]
        report.downloads_elsewhere += row["d"]
        report.adoptions_elsewhere += row["a"]
        report.nodes.append((row["node"], row["last"]))
    noted = (
        RightsEvent.objects.filter(entry__in=reports, kind__in=[EventKind.DERIVED, EventKind.PURCHASED])
        .values_list("entry", "kind")
        .annotate(number=Count("id"), money=Sum("amount"))
    )
    for subject, kind, number, money in noted:
        if kind == EventKind.DERIVED:
            reports[subject].derivatives = number
        else:
            reports[subject].earned = money
    for subject in Takedown.objects.filter(entry__in=reports, restored_at__isnull=True).values_list("entry", flat=True):
        reports[subject].is_taken_down = True
    return list(reports.values())


def months_of(entries: Collection[UUID], *, until: date) -> list[Month]:
    """The last twelve months of use of some works, oldest first. Two queries."""
    months = {start: Month(start) for start in _starts(until)}
    first = min(months)
    here = (
        UseCount.objects.filter(subject__in=entries, day__gte=first)
        .annotate(month=TruncMonth("day"))
        .values_list("month", "use")
        .annotate(total=Sum("count"))
    )
    names = {UseKind.VIEW: "views", UseKind.DOWNLOAD: "downloads", UseKind.COLLECT: "adoptions"}
    for month, use, total in here:
        if month in months and use in names:
            setattr(months[month], names[UseKind(use)], total)
    elsewhere = (
        UsageElsewhere.objects.filter(entry__in=entries, day__gte=first)
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(v=Sum("views"), d=Sum("downloads"), a=Sum("adoptions"))
    )
    for row in elsewhere:
        if row["month"] in months:
            month = months[row["month"]]
            month.views_elsewhere, month.downloads_elsewhere, month.adoptions_elsewhere = row["v"], row["d"], row["a"]
    return list(months.values())


def _starts(until: date) -> list[date]:
    numbers = range(until.year * 12 + until.month - MONTHS, until.year * 12 + until.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def ledger_of(entry: UUID) -> QuerySet[RightsEvent]:
    return RightsEvent.objects.filter(entry=entry)
