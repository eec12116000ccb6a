"""Reads of the resource centre, each already narrowed to what its caller may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Count, F, Func, Model, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.access import ORGANISATION_PATH, Permission, own, reviewable, visible_to_reviewer
from heluo.domains.resources.enums import (
    OPEN_STATES,
    SUBJECTS,
    ResourceState,
    ResourceType,
    Step,
    VersionState,
)
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.engines.catalogue.enums import Licence
from heluo.engines.catalogue.public import EntryDraft, Facet, FacetValue
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, paths_for, require_person, within
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import codes_of
from heluo.kernel.feedback.public import SubjectRef, tallies_of
from heluo.kernel.files.enums import FileKind
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import GRADES
from heluo.kernel.people.models import Person

KIND = "resource"
"""Kind of catalogue entries and of feedback subjects."""

M = TypeVar("M", bound=Model)
CREATIVE_COMMONS = "https://creativecommons.org"
Choices = list[tuple[str, str]]


def public_resource(uuid: UUID) -> Resource:
    """A resource as the public sees it: published, or withdrawn with its tombstone."""
    return _one(_resources().exclude(state=ResourceState.UNPUBLISHED).filter(uuid=uuid))


def feedback_subjects(actor: Actor, uuids: Collection[UUID]) -> dict[UUID, SubjectRef]:
    """Published resources among these, as things people may rate and discuss. One query, the same for everybody."""
    found = _resources().filter(state=ResourceState.PUBLISHED, uuid__in=uuids)
    return {resource.uuid: subject_of(resource) for resource in found}


def subject_of(resource: Resource) -> SubjectRef:
    """A published resource as a thing people may rate and discuss."""
    return SubjectRef(
        kind=KIND,
        uuid=resource.uuid,
        path=resource.access_path,
        title=str(resource.published),
        url=reverse("resources:detail", args=[resource.uuid]),
        owner_id=resource.author.uuid,
    )


def own_resource(actor: Actor, uuid: UUID) -> Resource:
    """A resource of the actor's own, whatever its state."""
    return _one(_resources().filter(author__uuid=require_person(actor), uuid=uuid))


def own_open_version(actor: Actor, uuid: UUID) -> ResourceVersion:
    """The version of an own resource that is on its way to the public."""
    return _one(_versions().filter(own(actor), resource__uuid=uuid, state__in=OPEN_STATES))


def own_versions(actor: Actor) -> QuerySet[ResourceVersion]:
    """The newest version of each of the actor's resources."""
    newest = ResourceVersion.objects.filter(resource=OuterRef("resource")).order_by("-number").values("pk")[:1]
    return _versions().filter(own(actor), pk=Subquery(newest))


def versions_by(author: Person) -> QuerySet[ResourceVersion]:
    """What the public sees of an author."""
    return _versions().filter(resource__author=author, pk=F("resource__published"))


def published_versions(resource: Resource) -> QuerySet[ResourceVersion]:
    """Every version the public has seen, newest first."""
    return resource.versions.filter(published_at__isnull=False).order_by("-number")


def files_of(version: ResourceVersion) -> list[StoredFile]:
    """The files of a version in their order, with content and previews."""
    attachments = version.attachments.select_related("file__blob").prefetch_related("file__blob__previews")
    return [attachment.file for attachment in attachments]


def trail_of(resource: Resource) -> QuerySet[ReviewStep]:
    """Everything that happened to a resource, oldest first."""
    return ReviewStep.objects.filter(version__resource=resource).select_related("by", "version")


def withdrawal_of(resource: Resource) -> ReviewStep | None:
    """The latest withdrawal, for the tombstone."""
    return trail_of(resource).filter(step=Step.WITHDRAWN).last()


def author_named(uuid: UUID) -> Person:
    """A person who has published something; anybody else is not there."""
    authors = Resource.objects.filter(state=ResourceState.PUBLISHED).values("author")
    return _one(Person.objects.filter(pk__in=authors, uuid=uuid))


def author_places(actor: Actor) -> QuerySet[Organisation]:
    """The organisations the actor may make resources for: those of the posts that let them."""
    return Organisation.objects.filter(path__in=paths_for(actor, Permission.AUTHOR))


@dataclass(frozen=True, slots=True)
class PublicCounts:
    """What the public made of an author's published resources. None: too few people stand behind it to be told."""

    published: int
    views: int
    downloads: int
    favourites: int | None
    raters: int
    mean: float | None


def public_counts(author: Person) -> PublicCounts:
    """Sums over the published resources of an author; the mean weighs each resource by those who rated it."""
    works = Resource.objects.filter(author=author, state=ResourceState.PUBLISHED).values_list("uuid", flat=True)
    tallies = tallies_of(KIND, list(works)).values()
    kept = [tally.favourites for tally in tallies]
    known = [count for count in kept if count is not None]
    rated = [(tally.mean, tally.raters) for tally in tallies if tally.mean is not None]
    raters = sum(people for _mean, people in rated)
    return PublicCounts(
        published=len(tallies),
        views=sum(tally.views for tally in tallies),
        downloads=sum(tally.downloads for tally in tallies),
        favourites=sum(known) if len(known) == len(kept) else None,
        raters=raters,
        mean=round(sum(mean * people for mean, people in rated) / raters, 1) if raters else None,
    )


def places_of(author: Person) -> list[str]:
    """Names of the organisations whose resources an author published."""
    published = Resource.objects.filter(author=author, state=ResourceState.PUBLISHED).values("organisation")
    return list(Organisation.objects.filter(pk__in=published).order_by("path").values_list("name", flat=True))


@dataclass(frozen=True, slots=True)
class AuthorCounts:
    """How many resources of an author stand where. A published one with a draft in hand counts in both."""

    drafts: int
    in_review: int
    returned: int
    published: int
    views: int
    downloads: int


def author_counts(actor: Actor) -> AuthorCounts:
    person = require_person(actor)
    in_state = {
        name: Count("pk", filter=Q(state=state))
        for name, state in (
            ("drafts", VersionState.DRAFT),
            ("in_review", VersionState.SUBMITTED),
            ("returned", VersionState.RETURNED),
        )
    }
    works = list(Resource.objects.filter(author__uuid=person).values_list("uuid", "state"))
    tallies = tallies_of(KIND, [uuid for uuid, _state in works]).values()
    return AuthorCounts(
        **ResourceVersion.objects.filter(own(actor)).aggregate(**in_state),
        published=sum(state == ResourceState.PUBLISHED for _uuid, state in works),
        views=sum(tally.views for tally in tallies),
        downloads=sum(tally.downloads for tally in tallies),
    )


def returns_to(actor: Actor) -> QuerySet[ReviewStep]:
    """The returns that the actor's versions still wait under, newest first."""
    newest = ReviewStep.objects.filter(version=OuterRef("version")).order_by("-at", "-id").values("pk")[:1]
    return (
        ReviewStep.objects.filter(
            pk=Subquery(newest),
            version__state=VersionState.RETURNED,
            version__resource__author__uuid=require_person(actor),
        )
        .select_related("version__resource")
        .order_by("-at", "-id")
    )


def review_queue(actor: Actor) -> QuerySet[ReviewStep]:
    """Submissions waiting for a decision this actor may take."""
    versions = ResourceVersion.objects.filter(reviewable(actor)).values("pk")
    return _submissions().filter(answered_by__isnull=True, version__in=versions)


def submission_for(actor: Actor, pk: int) -> ReviewStep:
    """A submission where the actor reviews, decided or not."""
    versions = ResourceVersion.objects.filter(visible_to_reviewer(actor)).values("pk")
    return _one(_submissions().filter(pk=pk, version__in=versions))


def decided_on(actor: Actor, day: date) -> int:
    """How many decisions the actor took on a local day."""
    return ReviewStep.objects.filter(
        by__uuid=require_person(actor), step__in=[Step.APPROVED, Step.RETURNED], at__date=day
    ).count()


@dataclass(frozen=True, slots=True)
class BranchFigures:
    """Resources of one organisation and everything below it; `is_own`: of the organisation asked about, alone."""

    organisation: Organisation
    published: int
    waiting: int
    is_own: bool = False


class BranchPath(Func):
    """A tree path cut to its first steps, without the closing full stop; shorter paths stay as they are."""

    template = "array_to_string((string_to_array(%(expressions)s, '.'))[1:%(steps)s], '.')"
    output_field = CharField()


def figures_below(actor: Actor, organisation: Organisation) -> list[BranchFigures]:
    """What an organisation the actor oversees has itself (if anything), then each direct child, most published first.

    Two queries; the database counts by branch, so that a province costs no more than a county.
    """
    children = Organisation.objects.filter(parent=organisation).order_by("path")
    rows = (
        ResourceVersion.objects.filter(within(actor, Permission.OVERSEE, ORGANISATION_PATH))
        .filter(resource__organisation__path__startswith=organisation.path)
        .filter(Q(pk=F("resource__published")) | Q(state=VersionState.SUBMITTED))
        .values(branch=BranchPath(F(ORGANISATION_PATH), steps=organisation.path.count(".") + 1))
        .annotate(
            published=Count("pk", filter=Q(state=VersionState.PUBLISHED)),
            waiting=Count("pk", filter=Q(state=VersionState.SUBMITTED)),
        )
        .values_list("branch", "published", "waiting")
    )
    counted = {branch: (published, waiting) for branch, published, waiting in rows}
    own = counted.get(organisation.path)
    figures = [BranchFigures(child, *counted.get(child.path.removesuffix("."), (0, 0))) for child in children]
    figures.sort(key=lambda row: (-row.published, row.organisation.path))
    return [BranchFigures(organisation, *own, is_own=True), *figures] if own else figures


def overseen_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Every organisation whose figures the actor may see."""
    return Organisation.objects.filter(within(actor, Permission.OVERSEE, "path"))


def totals_in(actor: Actor) -> tuple[int, int]:
    """Published resources and waiting submissions wherever the actor oversees."""
    versions = ResourceVersion.objects.filter(within(actor, Permission.OVERSEE, ORGANISATION_PATH))
    totals = versions.aggregate(
        published=Count("pk", filter=Q(pk=F("resource__published"))),
        waiting=Count("pk", filter=Q(state=VersionState.SUBMITTED)),
    )
    return totals["published"], totals["waiting"]


def subject_choices(on: date) -> Choices:
    """Subjects in force on a day: code and name in the reader's language."""
    return [(code.value, str(code)) for code in codes_of(SUBJECTS, on=on)]


def grade_choices() -> Choices:
    """Every grade of every stage as `<stage>-<year in it>` and its name."""
    return [
        (f"{stage.value}-{year}", str(name)) for stage, names in GRADES.items() for year, name in enumerate(names, 1)
    ]


def catalogue_facets() -> tuple[Facet, ...]:
    """What resources can be filtered by."""

    def subjects() -> list[FacetValue]:
        return [FacetValue(code, name) for code, name in subject_choices(local_day(now()))]

    def grades() -> list[FacetValue]:
        return [FacetValue(code, name) for code, name in grade_choices()]

    def sources() -> list[FacetValue]:
        return [
            FacetValue(str(bureau.uuid), bureau.name)
            for bureau in Organisation.objects.filter(parent__parent=None, parent__isnull=False)
        ]

    return (
        Facet("stage", _("学段"), [FacetValue(stage.value, stage.label) for stage in Stage], order=10),
        Facet("grade", _("年级"), grades, order=20),
        Facet("subject", _("学科"), subjects, order=30),
        Facet("resource_type", _("类型"), [FacetValue(kind.value, kind.label) for kind in ResourceType], order=40),
        Facet("licence", _("许可"), [FacetValue(licence.value, licence.label) for licence in Licence], order=50),
        Facet("media", _("文件"), [FacetValue(kind.value, kind.label) for kind in FileKind], order=60),
        Facet("source", _("来源"), sources, order=70),
    )


def catalogue_entry(version: ResourceVersion) -> EntryDraft:
    """What the catalogue shows of a version."""
    resource = version.resource
    files = files_of(version)
    pictured = next((file for file in files if file.previews), None)
    facets: dict[str, Sequence[str]] = {
        "stage": [version.stage],
        "subject": [version.subject],
        "resource_type": [version.resource_type],
        "licence": [version.licence],
        "media": sorted({file.kind.value for file in files}),
        "source": [str(uuid) for uuid in _source_of(resource.organisation)],
    }
    if version.grade:
        facets["grade"] = [version.grade]
    return EntryDraft(
        kind=KIND,
        title=version.title,
        description=version.description,
        keywords=version.keywords,
        facets=facets,
        language=version.language,
        licence=version.licence,
        creator_name=resource.author.name,
        creator_id=resource.author.uuid,
        organisation_id=resource.organisation_id,
        thumbnail=pictured.uuid if pictured else None,
        payload={
            "version": version.number,
            "files": len(files),
            "duration_ms": sum(file.blob.duration_ms or 0 for file in files if file.kind == FileKind.VIDEO),
            "pages": sum(file.blob.page_count or 0 for file in files),
        },
    )


def deed_of(licence: Licence) -> str:
    """Address of the human-readable deed; empty for terms of our own."""
    if licence == Licence.RESERVED:
        return ""
    if licence == Licence.CC0:
        return f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/deed.zh-hans"
    terms = licence.value.removeprefix("CC-").removesuffix("-4.0").lower()
    return f"{CREATIVE_COMMONS}/licenses/{terms}/4.0/deed.zh-hans"


def attribution(version: ResourceVersion) -> str:
    """A line to copy where the resource is used: title, author, source, address, licence."""
    resource = version.resource
    licence = Licence(version.licence)
    parts = [
        f"《{version.title.strip('《》')}》",
        f"{resource.author.name}（{resource.organisation.name}）",
        f"{settings.PUBLIC_URL}{reverse('resources:detail', args=[resource.uuid])}",
        str(licence.label),
        deed_of(licence),
    ]
    return "，".join(part for part in parts if part)


def _source_of(organisation: Organisation) -> list[UUID]:
    """The node just below the root: the city of an organisation, or its county where that answers to the province."""
    steps = organisation.path.split(".")[:2]
    return list(
        Organisation.objects.filter(path=f"{'.'.join(steps)}.", parent__isnull=False).values_list("uuid", flat=True)
    )


def _one(rows: QuerySet[M]) -> M:
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def _resources() -> QuerySet[Resource]:
    return Resource.objects.select_related("organisation", "author", "published")


def _versions() -> QuerySet[ResourceVersion]:
    return ResourceVersion.objects.select_related("resource__organisation", "resource__author")


def _submissions() -> QuerySet[ReviewStep]:
    return ReviewStep.objects.filter(step=Step.SUBMITTED).select_related(
        "by", "version__resource__organisation", "version__resource__author"
    )
