"""What programs send and get."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db.models import prefetch_related_objects
from ninja import Field, Schema

from heluo.domains.resources.actions import Description
from heluo.domains.resources.enums import ContentLanguage, ResourceType, VersionState
from heluo.domains.resources.models import MAX_FILES, MAX_KEYWORDS, MAX_PLACES, ResourceVersion
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.files.public import StoredFile, content_link
from heluo.kernel.organisations.enums import Stage

FILES = "attachments__file"


class DescriptionIn(Schema):
    """What an author says about a resource; everything may still be missing in a draft."""

    title: Annotated[str, Field(max_length=100)] = ""
    description: Annotated[str, Field(max_length=2000)] = ""
    stage: Stage | None = None
    grade: Annotated[str, Field(max_length=16, pattern=r"^([a-z]+-\d)?$", examples=["primary-3"])] = ""
    subject: Annotated[str, Field(max_length=2, pattern=r"^(\d\d)?$", examples=["14"])] = ""
    resource_type: ResourceType | None = None
    language: ContentLanguage | None = None
    licence: Licence | None = None
    has_third_party: bool | None = None
    third_party_statement: Annotated[str, Field(max_length=1000)] = ""
    keywords: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=MAX_KEYWORDS)] = []
    chapters: Annotated[list[UUID], Field(max_length=MAX_PLACES, description="Chapters of the textbook tree.")] = []
    knowledge_points: Annotated[list[UUID], Field(max_length=MAX_PLACES)] = []
    valid_until: Annotated[date | None, Field(description="Last day in China; it is taken down on the next.")] = None

    def given(self) -> Description:
        return Description(
            title=self.title,
            description=self.description,
            stage=self.stage or "",
            grade=self.grade,
            subject=self.subject,
            resource_type=self.resource_type or "",
            language=self.language or "",
            licence=self.licence or "",
            has_third_party=self.has_third_party,
            third_party_statement=self.third_party_statement,
            keywords=self.keywords,
            chapters=list(dict.fromkeys(self.chapters)),
            knowledge_points=list(dict.fromkeys(self.knowledge_points)),
            valid_until=self.valid_until,
        )


class DraftIn(DescriptionIn):
    """A new resource of one of the organisations the author works at."""

    organisation: UUID | None = None


class OrderIn(Schema):
    """Files of a draft in the order wanted; those that are not named follow as they stood."""

    files: Annotated[list[UUID], Field(max_length=MAX_FILES)]


class VersionOut(Schema):
    """A version of a resource."""

    resource: UUID
    version: int
    state: VersionState
    title: str
    description: str
    stage: str
    grade: str
    subject: str
    resource_type: str
    language: str
    licence: str
    keywords: list[str]
    chapters: list[UUID]
    knowledge_points: list[UUID]
    valid_until: date | None
    files: list[UUID]
    changed_at: datetime

    @staticmethod
    def of(version: ResourceVersion) -> "VersionOut":
        prefetch_related_objects([version], FILES)
        return VersionOut(
            resource=version.resource.uuid,
            version=version.number,
            files=[attachment.file.uuid for attachment in version.attachments.all()],
            **{
                name: getattr(version, name)
                for name in VersionOut.model_fields
                if name not in {"resource", "version", "files"}
            },
        )


class FileOut(Schema):
    """A file with a link to its content, valid for a while; no link while it may not be read."""

    id: UUID
    name: str
    kind: str
    size: int
    link: str | None

    @staticmethod
    def of(file: StoredFile) -> "FileOut":
        link = content_link(file) if file.is_readable else None
        return FileOut(id=file.uuid, name=file.name, kind=file.kind.value, size=file.size, link=link)


class ResourceOut(Schema):
    """A published resource. `favourites` and `rating` are null while too few people stand behind them."""

    resource: UUID
    version: int
    title: str
    description: str
    stage: str
    grade: str
    subject: str
    resource_type: str
    language: str
    licence: str
    keywords: list[str]
    chapters: list[UUID]
    knowledge_points: list[UUID]
    valid_until: date | None
    third_party_statement: str
    author: UUID
    author_name: str
    organisation: str
    published_at: datetime
    attribution: str
    files: list[FileOut]
    views: int
    downloads: int
    favourites: int | None
    raters: int
    rating: float | None


class AuthorOut(Schema):
    """Somebody who published resources. `favourites` and `rating` are null while too few people stand behind them."""

    author: UUID
    name: str
    organisations: list[str]
    published: int
    views: int
    downloads: int
    favourites: int | None
    raters: int
    rating: float | None


class OwnPage(Schema):
    """One page of own resources; `next` is the cursor of the page after it."""

    items: list[VersionOut]
    next: str | None


class SubmissionOut(Schema):
    """What a reviewer judges. `twins` are published resources of others that hold a file of the same content."""

    content: VersionOut
    author: str
    organisation: str
    third_party_statement: str
    shown_files: list[FileOut]
    twins: list[UUID]


class WithdrawalIn(Schema):
    """Why, and the identifier of a published resource that replaces it, if there is one."""

    reason: Annotated[str, Field(max_length=200)]
    replacement: UUID | None = None


class ProlongingIn(Schema):
    """Until which later day, and why it may hold so long."""

    until: date
    reason: Annotated[str, Field(max_length=200)]


class FaultIn(Schema):
    """What is wrong: a code of the form of the process `resource-fault`, and where it stands."""

    fault: Annotated[str, Field(max_length=40)]
    details: Annotated[str, Field(max_length=1000)]


class FaultOut(Schema):
    """The process in which a fault is mended."""

    process: UUID
