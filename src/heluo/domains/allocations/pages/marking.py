"""How an allocated entry is marked on its cards and its page."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from heluo.domains.allocations.enums import Mark
from heluo.domains.allocations.queries import Marked, marks_of, tiers_of
from heluo.engines.catalogue.public import EntryMark
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.enums import Tone

TONES = {Mark.REQUIRED: Tone.SUCCESS, Mark.RECOMMENDED: Tone.INFO, Mark.FEATURED: Tone.INFO}


def mark_words(mark: str, tier: str) -> str:
    """E.g. 省级必用."""
    return f"{tier}{Mark(mark).label}"


def marker(identifiers: Collection[UUID]) -> Mapping[UUID, EntryMark]:
    marked = marks_of(identifiers, day=local_day(now()))
    tiers = tiers_of({one.sender for one in marked.values()})
    return {identifier: _shown(one, tiers.get(one.sender, "")) for identifier, one in marked.items()}


def _shown(one: Marked, tier: str) -> EntryMark:
    return EntryMark(
        title=mark_words(one.mark, tier),
        tone=TONES[one.mark],
        note=_("{title}，到 {day} 为止").format(title=one.title, day=one.until.isoformat()) if one.until else one.title,
    )
