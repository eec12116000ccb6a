"""What is said here of an entry of another node, laid over it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.access import Permission, may_find
from heluo.engines.catalogue.actions.publishing import LOG, words_of
from heluo.engines.catalogue.enums import Deed, Visibility
from heluo.engines.catalogue.errors import OverlayChanged, OverlayInvalid, OwnEntry
from heluo.engines.catalogue.models import Entry, Overlay
from heluo.engines.catalogue.registry import facet_named
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record

MOST_KEYWORDS = 20
LONGEST_KEYWORD = 40
LONGEST_NOTE = 500
MOST_CODES = 200
WIDTH = (Visibility.TREE, Visibility.SIGNED_IN, Visibility.PUBLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What to lay over an entry: words and places it is found by, a note for whoever sees it here, and who does
    (empty: as it came).
    """

    keywords: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    note: str = ""
    visibility: str = ""


@transaction.atomic
def overlay_entry(*, by: Actor, identifier: UUID, layer: Layer, revision: int, now: datetime) -> Overlay:
    """Lay this over an entry of another node, in place of what lay there.

    `revision`: of the layer that `by` began from; 0 where there was none. Nothing of the entry itself changes, and
    nothing of the layer is told to others. Refusals: NotFound, OwnEntry, OverlayChanged, OverlayInvalid.
    """
    entry = (
        Entry.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(may_find(by), uuid=identifier)
        .first()
    )
    if entry is None:
        raise NotFound
    require(by, Permission.OVERLAY, on=entry.organisation)
    if entry.origin == settings.NODE_DOMAIN:
        raise OwnEntry(title=entry.title)
    before = Overlay.objects.filter(pk=entry.pk).first()
    if (before.revision if before else 0) != revision:
        raise OverlayChanged(title=entry.title)
    came = entry.versions.get(number=entry.version)
    clean = _checked(layer, reaches=Visibility(came.visibility))
    overlay = Overlay(
        entry=entry,
        keywords=list(clean.keywords),
        facets={key: list(codes) for key, codes in clean.facets.items()},
        note=clean.note,
        visibility=clean.visibility,
        revision=revision + 1,
        changed_at=now,
    )
    overlay.save()
    visibility = clean.visibility or came.visibility
    is_seen_otherwise = visibility != entry.visibility
    entry.visibility = visibility
    entry.shared_with_id = entry.organisation_id if clean.visibility else came.shared_with_id
    entry.words = words_of(entry, overlay)
    entry.save(update_fields=["visibility", "shared_with", "words"])
    if is_seen_otherwise:
        with connection.cursor() as cursor:
            cursor.execute(LOG, [Deed.PUBLISHED.value, now, [entry.pk]])
    record(
        by=by,
        at=now,
        deed="catalogue.entry_overlaid",
        subject=Subject(kind="entry", id=str(entry.uuid), title=entry.title, path=entry.organisation.path),
        details={"before": asdict(_layer_of(before)) if before else {}, "after": asdict(clean)},
    )
    return overlay


def _layer_of(overlay: Overlay) -> Layer:
    return Layer(keywords=overlay.keywords, facets=overlay.facets, note=overlay.note, visibility=overlay.visibility)


def _checked(layer: Layer, *, reaches: Visibility) -> Layer:
    """The layer without blanks and repetitions. Raises `OverlayInvalid` with what is wrong and where."""
    keywords = list(dict.fromkeys(word for said in layer.keywords if (word := " ".join(said.split()))))
    facets = {key: list(dict.fromkeys(codes)) for key, codes in sorted(layer.facets.items()) if codes}
    for holds, name, problem in (
        (len(keywords) <= MOST_KEYWORDS, "keywords", _("标签最多 20 个。")),
        (all(len(word) <= LONGEST_KEYWORD for word in keywords), "keywords", _("一个标签最多 40 个字。")),
        (len(layer.note.strip()) <= LONGEST_NOTE, "note", _("说明最多 500 个字。")),
        (
            layer.visibility in {"", *WIDTH} and (not layer.visibility or _narrows(layer.visibility, reaches)),
            "visibility",
            _("可见范围只能比来源的更窄。"),
        ),
        (sum(map(len, facets.values())) <= MOST_CODES, "facets", _("章节和知识点合计最多 200 个。")),
    ):
        if not holds:
            raise OverlayInvalid(field=name, problem=problem)
    for key, codes in facets.items():
        facet = facet_named(key)
        if facet is None or not facet.local:
            raise OverlayInvalid(field=key, problem=_("这一项以来源的说法为准，不能补充。"))
        if not set(codes) <= set(facet.titles(codes)):
            raise OverlayInvalid(field=key, problem=_("“{facet}”中有不存在的值。").format(facet=facet.title))
    return Layer(keywords=keywords, facets=facets, note=layer.note.strip(), visibility=layer.visibility)


def _narrows(visibility: str, reaches: Visibility) -> bool:
    return WIDTH.index(Visibility(visibility)) <= WIDTH.index(reaches)
