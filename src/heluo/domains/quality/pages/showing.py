"""How quality is shown: tones, figures, charts, the trail of a ticket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.domains.quality.enums import Dataset, Dimension, NoteKind, TicketState
from heluo.domains.quality.models import Finding, Ticket, TicketNote
from heluo.domains.quality.queries import Points
from heluo.kernel.pages.enums import Tone

TONES = {
    TicketState.OPEN: Tone.WAITING,
    TicketState.EXPLAINED: Tone.INFO,
    TicketState.EXCUSED: Tone.NEUTRAL,
    TicketState.SETTLED: Tone.SUCCESS,
}
GOOD, FAIR = 98, 90
"""Points from which a score is shown as good, and as fair."""


def tone_of(points: float) -> Tone:
    if points >= GOOD:
        return Tone.SUCCESS
    return Tone.WAITING if points >= FAIR else Tone.DANGER


def words_of(points: float) -> str:
    """The tone in words, for whoever does not see colours."""
    return {Tone.SUCCESS: _("良好"), Tone.WAITING: _("需要改进")}.get(tone_of(points), _("问题较多"))


@dataclass(frozen=True, slots=True)
class ShownScore:
    """One dimension's score."""

    label: str | Promise
    points: float
    broken: int
    tone: Tone
    words: str


def shown_scores(points: Mapping[str, Points]) -> list[ShownScore]:
    """The scores of the dimensions that have rules, in their usual order."""
    return [
        ShownScore(dimension.label, found.points, found.broken, tone_of(found.points), words_of(found.points))
        for dimension in Dimension
        if (found := points.get(dimension))
    ]


def dimensions_chart(scores: Sequence[ShownScore]) -> dict[str, Any]:
    """Bars of 0 to 100, one per dimension."""
    return {
        "grid": {"left": 80, "right": 56, "top": 8, "bottom": 8},
        "xAxis": {"type": "value", "min": 0, "max": 100, "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": [str(score.label) for score in scores]},
        "series": [
            {
                "type": "bar",
                "barWidth": 16,
                "data": [score.points for score in scores],
                "label": {"show": True, "position": "right"},
            }
        ],
    }


def history_chart(history: Sequence[tuple[date, float]]) -> dict[str, Any]:
    """A line over the days that were checked."""
    return {
        "grid": {"left": 48, "right": 24, "top": 16, "bottom": 32},
        "xAxis": {"type": "category", "data": [day.isoformat() for day, _points in history]},
        "yAxis": {"type": "value", "max": 100, "scale": True},
        "series": [{"type": "line", "data": [points for _day, points in history], "symbolSize": 8}],
    }


def address_of(ticket: Ticket, subject: UUID) -> str:
    """Where the thing itself is looked at, and mended."""
    route = {
        Dataset.PUPILS: "people:person",
        Dataset.TEACHERS: "people:person",
        Dataset.CLASSES: "people:klass",
        Dataset.SCHOOLS: "organisations:organisation",
    }[Dataset(ticket.rule.dataset)]
    return reverse(route, args=[subject])


def shown_findings(ticket: Ticket, findings: Iterable[Finding], titles: Mapping[UUID, str]) -> list[dict[str, object]]:
    return [
        {
            "title": titles.get(finding.subject, finding.title),
            "url": address_of(ticket, finding.subject),
            "since": finding.first_seen_at,
        }
        for finding in findings
    ]


def trail_events(notes: Iterable[TicketNote]) -> list[dict[str, object]]:
    """Notes as the trail shows them; the number of what was left stands where it tells something."""
    counted = {NoteKind.OPENED, NoteKind.GREW, NoteKind.CHECKED}
    return [
        {
            "title": note.get_kind_display(),
            "who": note.by_name or _("平台"),
            "at": note.at,
            "text": note.text
            or (_("共 {count} 项").format(count=note.findings_count) if NoteKind(note.kind) in counted else ""),
        }
        for note in notes
    ]
