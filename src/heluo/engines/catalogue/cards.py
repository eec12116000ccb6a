"""Entries as cards: the same look on every list, whatever domain they come from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import ngettext

from heluo.engines.catalogue.models import Entry, EntryVersion
from heluo.engines.catalogue.queries import FacetGroup
from heluo.engines.catalogue.registry import EntryMark, facet_named, marks_on
from heluo.kernel.actors.public import address_of
from heluo.kernel.files.public import FileKind, StoredFile, preview_links
from heluo.kernel.pages.listing import Facet, facet
from heluo.kernel.pages.templatetags.pages import duration

ICONS = {
    FileKind.VIDEO: "video",
    FileKind.AUDIO: "music",
    FileKind.IMAGE: "photo",
    FileKind.PDF: "file-type-pdf",
    FileKind.PACKAGE: "file-zip",
    FileKind.COURSEWARE: "presentation",
}
TAGS = ("grade", "subject")


@dataclass(frozen=True, slots=True)
class Card:
    """What `pages/components/card.html` shows of an entry."""

    title: str
    url: str
    note: str
    thumbnail: str
    icon: str
    media_note: str
    tags: list[str]
    state: str = ""
    tone: str = ""


Face = Entry | EntryVersion


def cards_of(entries: Sequence[Face], *, tags: Sequence[str] = TAGS) -> list[Card]:
    """Cards in the order of the entries, or of past versions of them; the pictures of all of them in three queries, one
    more for each app that marks entries. `tags` are facet keys.
    """
    pictured = [entry.thumbnail for entry in entries if entry.thumbnail]
    files = {file.uuid: file for file in StoredFile.objects.for_display().filter(uuid__in=pictured)} if pictured else {}
    titles = {key: facet.titles() for key in tags if entries and (facet := facet_named(key)) is not None}
    marks = marks_on([entry.uuid for entry in entries])
    return [
        _card(entry, files.get(entry.thumbnail) if entry.thumbnail else None, titles, marks.get(entry.uuid))
        for entry in entries
    ]


def _card(
    entry: Face, file: StoredFile | None, titles: Mapping[str, Mapping[str, str]], mark: EntryMark | None
) -> Card:
    return Card(
        title=entry.title,
        url=page_of(entry),
        note=f"{entry.creator_name} · {entry.organisation.name}",
        thumbnail=preview_links(file).thumbnail if file else "",
        icon=ICONS.get(file.kind, "file-text") if file else "file-text",
        media_note=length_of(file) if file else "",
        tags=[named[code] for key, named in titles.items() for code in entry.facets.get(key, ()) if code in named],
        state=str(mark.title) if mark else "",
        tone=mark.tone if mark else "",
    )


def offered_facets(query: QueryDict, groups: Iterable[FacetGroup]) -> list[Facet]:
    """What a list may be narrowed by, as its page offers it; without counts where one of a group is not known."""
    return [
        facet(
            query,
            name=group.key,
            title=group.title,
            labels={choice.code: choice.title for choice in group.choices},
            counts=None
            if any(choice.count is None for choice in group.choices)
            else {choice.code: choice.count or 0 for choice in group.choices},
        )
        for group in groups
    ]


def page_of(face: Face) -> str:
    """Where an entry leads, or a past version of it."""
    is_past = isinstance(face, EntryVersion) and not face.is_current
    return address_of(face.kind, face.uuid, version=face.own_version if is_past else None)


def length_of(file: StoredFile) -> str:
    """How long a medium is: playing time or pages; empty for others."""
    if file.blob.duration_ms:
        return duration(file.blob.duration_ms / 1000)
    if pages := file.blob.page_count:
        return ngettext("%(count)d 页", "%(count)d 页", pages) % {"count": pages}
    return ""
