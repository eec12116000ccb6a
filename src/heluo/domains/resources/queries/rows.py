"""What reads of resources begin with: rows with what every caller needs beside them."""

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model, QuerySet

from heluo.domains.resources.models import Attachment, Resource, ResourceVersion
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.files.models import StoredFile

M = TypeVar("M", bound=Model)


def one(rows: QuerySet[M]) -> M:
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def resources() -> QuerySet[Resource]:
    return Resource.objects.select_related("organisation", "author", "published", "replaced_by__published")


def versions() -> QuerySet[ResourceVersion]:
    return ResourceVersion.objects.select_related("resource__organisation", "resource__author")


def versions_in(keys: Collection[int]) -> QuerySet[ResourceVersion]:
    return versions().filter(pk__in=list(keys))


def files_of(version: ResourceVersion) -> list[StoredFile]:
    """The files of a version in their order, with content and previews."""
    return files_by_version([version])[version.pk]


def files_by_version(versions: Collection[ResourceVersion]) -> dict[int, list[StoredFile]]:
    """Version key → its files in their order, with content and previews: three queries however many."""
    attached = list(
        Attachment.objects.filter(version__in=[version.pk for version in versions])
        .order_by("version_id", "position")
        .values_list("version_id", "file_id")
    )
    files = {file.pk: file for file in StoredFile.objects.for_display().filter(pk__in={key for _v, key in attached})}
    found: dict[int, list[StoredFile]] = {version.pk: [] for version in versions}
    for version_id, file_id in attached:
        found[version_id].append(files[file_id])
    return found
