"""What reads of resources begin with: rows with what every caller needs beside them."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from heluo.domains.resources.enums import Step
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.files.models import StoredFile

M = TypeVar("M", bound=Model)


def one(rows: QuerySet[M]) -> M:
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def resources() -> QuerySet[Resource]:
    return Resource.objects.select_related("organisation", "author", "published")


def versions() -> QuerySet[ResourceVersion]:
    return ResourceVersion.objects.select_related("resource__organisation", "resource__author")


def submissions() -> QuerySet[ReviewStep]:
    return ReviewStep.objects.filter(step=Step.SUBMITTED).select_related(
        "by", "version__resource__organisation", "version__resource__author"
    )


def files_of(version: ResourceVersion) -> list[StoredFile]:
    """The files of a version in their order, with content and previews."""
    attachments = version.attachments.select_related("file__blob").prefetch_related("file__blob__previews")
    return [attachment.file for attachment in attachments]
