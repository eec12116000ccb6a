"""What people said about things, and what they keep at hand."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.feedback.actions import erase_comments, erase_favourites, erase_ratings, erase_reports
from heluo.kernel.feedback.models import AboutSubject, Comment, CommentReport, Favourite, Rating
from heluo.kernel.feedback.queries import subjects_among
from heluo.kernel.holdings.public import OWN, Asked, Fact, holding, not_told

not_told("feedback.Comment.decided_by", because="Who moderated somebody else's comment; told among their deeds.")
not_told(
    *(f"feedback.{model}.subject" for model in ("Favourite", "Rating", "Comment", "Use", "UseCount")),
    because="The thing that was rated or used, not a person.",
)


def _titles(rows: Iterable[AboutSubject]) -> dict[tuple[str, UUID], str]:
    found = subjects_among(PUBLIC_ACTOR, ((row.kind, row.subject) for row in rows))
    return {key: subject.title for key, subject in found.items()}


def _title(titles: dict[tuple[str, UUID], str], row: AboutSubject) -> str:
    return titles.get((row.kind, row.subject), "") or gettext("已不公开的内容")


@holding(
    "feedback.favourites", title=_("收藏"), columns={"feedback.Favourite.person"}, order=70, erase=erase_favourites
)
def favourites(person: UUID, asked: Asked) -> list[Fact]:
    rows = list(Favourite.objects.filter(person=person).order_by("-at", "-id")[: asked.most])
    titles = _titles(rows)
    return [Fact(label=gettext("收藏"), value=_title(titles, row), source=OWN, since=row.at) for row in rows]


@holding(
    "feedback.ratings",
    title=pgettext_lazy("holding", "评分"),
    columns={"feedback.Rating.person"},
    order=71,
    erase=erase_ratings,
)
def ratings(person: UUID, asked: Asked) -> list[Fact]:
    rows = list(Rating.objects.filter(person=person).order_by("-at", "-id")[: asked.most])
    titles = _titles(rows)
    return [
        Fact(label=gettext("{stars} 星").format(stars=row.stars), value=_title(titles, row), source=OWN, since=row.at)
        for row in rows
    ]


@holding("feedback.comments", title=_("评论"), columns={"feedback.Comment.author"}, order=72, erase=erase_comments)
def comments(person: UUID, asked: Asked) -> list[Fact]:
    rows = list(Comment.objects.filter(author=person).order_by("-at", "-id")[: asked.most])
    titles = _titles(rows)
    return [
        Fact(label=_title(titles, row), value=row.body, source=OWN, note=str(row.get_state_display()), since=row.at)
        for row in rows
    ]


@holding("feedback.reports", title=_("举报"), columns={"feedback.CommentReport.person"}, order=73, erase=erase_reports)
def reports(person: UUID, asked: Asked) -> list[Fact]:
    rows = CommentReport.objects.filter(person=person).order_by("-at", "-id")
    return [
        Fact(label=gettext("举报了一条评论"), value=str(row.get_reason_display()), source=OWN, since=row.at)
        for row in rows[: asked.most]
    ]
