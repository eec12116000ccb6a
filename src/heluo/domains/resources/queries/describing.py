"""What a version says, in choices, facets, catalogue entries and lines to copy."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.domains.resources.enums import SUBJECTS, ResourceType
from heluo.domains.resources.models import Recognition, ResourceVersion
from heluo.domains.resources.queries.deriving import chain_of, sources_of
from heluo.domains.resources.queries.rows import files_by_version
from heluo.domains.textbooks.enums import CHAPTER_FACET, POINT_FACET
from heluo.domains.textbooks.public import facet_values
from heluo.engines.catalogue.enums import Licence, Meaning
from heluo.engines.catalogue.public import DERIVED_FROM, EntryDraft, Facet, FacetValue
from heluo.engines.catalogue.public import attribution as attribution_of
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import codes_of
from heluo.kernel.files.enums import FileKind
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.enums import Level, Stage
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import GRADES

KIND = "resource"
"""Kind of catalogue entries and of feedback subjects."""

RECOMMENDED = {
    Level.PROVINCE: _("省级推荐"),
    Level.CITY: _("市级推荐"),
    Level.COUNTY: _("县级推荐"),
    Level.SCHOOL: _("校级推荐"),
}
"""Levels that recommend, the highest first, in words."""

Choices = list[tuple[str, str]]


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
        Facet(
            "stage",
            _("学段"),
            [FacetValue(stage.value, stage.label) for stage in Stage],
            order=10,
            makes_sets=True,
            meaning=Meaning.LEVEL,
        ),
        Facet("grade", _("年级"), grades, order=20, meaning=Meaning.LEVEL),
        Facet("subject", _("学科"), subjects, order=30, makes_sets=True, meaning=Meaning.DISCIPLINE),
        Facet(
            "resource_type",
            _("类型"),
            [FacetValue(kind.value, kind.label) for kind in ResourceType],
            order=40,
            meaning=Meaning.TYPE,
        ),
        Facet(
            "licence",
            _("许可"),
            [FacetValue(licence.value, licence.label) for licence in Licence],
            order=50,
            travels=False,
        ),
        Facet("media", _("文件"), [FacetValue(kind.value, kind.label) for kind in FileKind], order=60),
        Facet("source", _("来源"), sources, order=70, travels=False),
        Facet(
            "recognised",
            pgettext_lazy("facet", "推荐"),
            [FacetValue(level.value, RECOMMENDED[level]) for level in RECOMMENDED],
            order=15,
            makes_sets=True,
            travels=False,
        ),
    )


def catalogue_entry(version: ResourceVersion) -> EntryDraft:
    """What the catalogue shows of a version."""
    [entry] = catalogue_entries([version])
    return entry


def catalogue_entries(versions: Sequence[ResourceVersion]) -> list[EntryDraft]:
    """What the catalogue shows of versions, in a few queries however many."""
    files = files_by_version(versions)
    adapted = sources_of(versions)
    sources = _sources_of({version.resource.organisation for version in versions})
    recognised = defaultdict(list)
    for resource, level in Recognition.objects.filter(
        resource__in={version.resource_id for version in versions}
    ).values_list("resource_id", "level"):
        recognised[resource].append(level)
    hung = facet_values({chapter for version in versions for chapter in version.chapters})
    return [
        _entry(
            version,
            files[version.pk],
            sources[version.resource.organisation_id],
            recognised[version.resource_id],
            list(dict.fromkeys(value for chapter in version.chapters for value in hung.get(chapter, ()))),
            adapted=adapted.get(version.derived_from_id) if version.derived_from_id else None,
        )
        for version in versions
    ]


def _entry(
    version: ResourceVersion,
    files: Sequence[StoredFile],
    sources: Sequence[str],
    recognised: Sequence[str],
    chapters: Sequence[str],
    *,
    adapted: ResourceVersion | None,
) -> EntryDraft:
    resource = version.resource
    pictured = next((file for file in files if file.previews), None)
    facets: dict[str, Sequence[str]] = {
        "stage": [version.stage],
        "subject": [version.subject],
        "resource_type": [version.resource_type],
        "licence": [version.licence],
        "media": sorted({file.kind.value for file in files}),
        "source": sources,
    }
    if version.grade:
        facets["grade"] = [version.grade]
    if recognised:
        facets["recognised"] = recognised
    if chapters:
        facets[CHAPTER_FACET] = chapters
    if version.knowledge_points:
        facets[POINT_FACET] = [str(uuid) for uuid in version.knowledge_points]
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
            "files": [
                {
                    "file": str(file.uuid),
                    "name": file.name,
                    "sha256": file.sha256,
                    "size": file.size,
                    "type": file.media_type,
                }
                for file in files
            ],
            "formats": sorted({file.media_type for file in files}),
            "duration_ms": sum(file.blob.duration_ms or 0 for file in files if file.kind == FileKind.VIDEO),
            "pages": sum(file.blob.page_count or 0 for file in files),
            **({"valid_until": version.valid_until.isoformat()} if version.valid_until else {}),
            **({DERIVED_FROM: _told_of(adapted)} if adapted else {}),
        },
    )


def _told_of(source: ResourceVersion) -> dict[str, str | int]:
    return {
        "identifier": str(source.resource.uuid),
        "version": source.number,
        "title": source.title,
        "creator": source.resource.author.name,
        "licence": source.licence,
    }


def attribution(version: ResourceVersion) -> str:
    """A line to copy where the resource is used, with all it was adapted from to the first original."""
    return _line(version, [_line(source) for source in chain_of(version)])


def _line(version: ResourceVersion, based_on: Sequence[str] = ()) -> str:
    resource = version.resource
    return attribution_of(
        title=version.title,
        creator=resource.author.name,
        place=resource.organisation.name,
        page=reverse("resources:detail", args=[resource.uuid]),
        licence=version.licence,
        based_on=based_on,
    )


def _sources_of(organisations: Collection[Organisation]) -> dict[int, list[str]]:
    """Of each organisation the node just below the root: its city, or its county where that answers to the province."""
    below_root = {one.pk: ".".join(one.path.split(".")[:2]) + "." for one in organisations}
    uuids = dict(
        Organisation.objects.filter(path__in=set(below_root.values()), parent__isnull=False).values_list("path", "uuid")
    )
    return {key: [str(uuids[path])] if path in uuids else [] for key, path in below_root.items()}
