"""What stands beside a decision: what was submitted, and what of it is already public."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

from django.db.models import F

from heluo.domains.resources.access import may_see_submission
from heluo.domains.resources.enums import ResourceState
from heluo.domains.resources.models import Attachment, ResourceVersion
from heluo.domains.resources.queries.deriving import chain_of
from heluo.domains.resources.queries.describing import KIND
from heluo.domains.resources.queries.rows import one, versions
from heluo.domains.rights.public import near_copies
from heluo.engines.catalogue.enums import MAY_BECOME, Licence
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import find_entries
from heluo.engines.process.public import titles_of
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.pages.templatetags.pages import inside_marks

REVIEW = "resource-review"
"""Key of the process every version goes through on its way to the public."""
FAULT = "resource-fault"
"""Key of the process in which faults of what is published are mended."""
MOST_TWINS = 20
CLOSEST = 5
"""Of the search for a title, how many are compared with it."""
ALMOST_THE_SAME = 0.85
"""Of the letters of two titles in their order, punctuation left out."""


def version_beside(actor: Actor, uuid: UUID) -> ResourceVersion | None:
    """What somebody who has work about a resource may see of it: what waits for a decision, else what is public."""
    newest = versions().filter(resource__uuid=uuid).order_by("-number").first()
    if newest is None:
        return None
    if may_see_submission(actor, newest):
        return newest
    published = newest.resource.published_id
    return versions().filter(pk=published).first() if published else None


def submission_of(actor: Actor, uuid: UUID) -> ResourceVersion:
    """The newest version of a resource, for its author, and once submitted for the reviewers. Raises `NotFound`."""
    found = one(versions().filter(resource__uuid=uuid).order_by("-number"))
    if not may_see_submission(actor, found):
        raise NotFound
    return found


def reason_titles() -> Mapping[str, str]:
    """Code of a reason for a return → how people read it, over all versions of the process."""
    return titles_of(REVIEW, "review", "reasons")


def fault_titles() -> Mapping[str, str]:
    """Code of a kind of fault → how people read it."""
    return titles_of(FAULT, "report", "fault")


@dataclass(frozen=True, slots=True)
class Twin:
    """The same content in something another author has published. `breaks`: the licence chosen now breaks theirs."""

    file: str
    version: ResourceVersion
    chosen: str
    breaks: bool

    def in_words(self) -> dict[str, object]:
        """As the refusal says it."""
        return {
            "file": self.file,
            "author": self.version.resource.author.name,
            "title": inside_marks(self.version.title),
            "theirs": _licence(self.version.licence),
            "chosen": _licence(self.chosen),
        }


def twins_of(version: ResourceVersion) -> list[Twin]:
    """Published resources of other authors that hold a content of this version, some of them; two queries.

    Those it says it was adapted from are none: the terms of the version that was adapted hold, whatever came after it.
    Two queries more for an adaptation.
    """
    declared = [source.resource_id for source in chain_of(version)]
    own = {file.blob_id: file.name for file in version.files.all()}
    found = (
        Attachment.objects.filter(
            file__blob__in=list(own),
            version__resource__state=ResourceState.PUBLISHED,
            version__resource__published=F("version"),
        )
        .exclude(version__resource__author=version.resource.author_id)
        .exclude(version__resource__in=declared)
        .select_related("file", "version__resource__author", "version__resource__organisation")[:MOST_TWINS]
    )
    return [
        Twin(
            file=own[attachment.file.blob_id],
            version=attachment.version,
            chosen=version.licence,
            breaks=_breaks(attachment.version.licence, version.licence),
        )
        for attachment in found
    ]


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A content that is almost the same as one of a published resource of another author."""

    file: str
    version: ResourceVersion
    likeness: int


def lookalikes_of(version: ResourceVersion) -> list[Lookalike]:
    """Published resources of other authors that hold something almost the same, the nearest first, each once; four
    queries, and two more for an adaptation. What it was adapted from is none, and what is the very same is a twin.
    """
    declared = {source.resource_id for source in chain_of(version)}
    own = {file.blob.sha256: file.name for file in version.files.select_related("blob")}
    near = near_copies(own)
    found = (
        Attachment.objects.filter(
            file__blob__sha256__in=[one.near for one in near],
            version__resource__state=ResourceState.PUBLISHED,
            version__resource__published=F("version"),
        )
        .exclude(version__resource__author=version.resource.author_id)
        .exclude(version__resource__in=declared)
        .select_related("file__blob", "version__resource__author", "version__resource__organisation")[:MOST_TWINS]
    )
    holders: dict[str, list[ResourceVersion]] = {}
    for attachment in found:
        holders.setdefault(attachment.file.blob.sha256, []).append(attachment.version)
    alike = [
        Lookalike(file=own[one.content], version=holder, likeness=one.likeness)
        for one in near
        for holder in holders.get(one.near, ())
    ]
    return list({one.version.pk: one for one in reversed(alike)}.values())[::-1]


def namesakes_of(actor: Actor, version: ResourceVersion) -> list[Entry]:
    """Public resources of the same subject that are called almost the same; one search."""
    subject = {"subject": [version.subject]} if version.subject else {}
    found = find_entries(actor=actor, text=version.title, kinds=(KIND,), facets=subject, size=CLOSEST)
    own = version.resource.uuid
    return [entry for entry in found.items if entry.uuid != own and _alike(entry.title, version.title)]


def _alike(one: str, other: str) -> bool:
    plain, other_plain = ("".join(filter(str.isalnum, text)).casefold() for text in (one, other))
    return SequenceMatcher(None, plain, other_plain).ratio() >= ALMOST_THE_SAME


def conflicts_of(version: ResourceVersion) -> list[Twin]:
    """Twins whose terms the chosen licence breaks, unless the author has said whose work it is and who allowed it."""
    return [] if version.has_third_party else [twin for twin in twins_of(version) if twin.breaks]


def _breaks(theirs: str, chosen: str) -> bool:
    if theirs not in Licence.values or chosen not in Licence.values:
        return False
    return Licence(chosen) not in MAY_BECOME[Licence(theirs)]


def _licence(code: str) -> str:
    return str(Licence(code).label) if code in Licence.values else code
