"""改编: a draft that begins with somebody's published work and says so for ever."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions.drafting import Description
from heluo.domains.resources.actions.steps import locked, note
from heluo.domains.resources.enums import NoticeKind
from heluo.domains.resources.errors import AdaptationNotAllowed, LicenceNotPossible
from heluo.domains.resources.models import Attachment, Resource, ResourceVersion
from heluo.domains.resources.queries import files_of, licences_to_adapt, possible_licences
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.files.public import copy_file
from heluo.kernel.notices.public import News, tell_people
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.templatetags.pages import inside_marks
from heluo.kernel.people.models import Person


@transaction.atomic
def derive_resource(*, by: Actor, source: Resource, organisation: Organisation, now: datetime) -> ResourceVersion:
    """Open a draft of the actor's own that begins with what is public of a resource: what it says, and its files.

    Everybody may download what is published, so whoever may write drafts gets copies of its files. What the source
    says of works of third parties comes along; of what they add, new authors say so themselves.
    """
    require(by, Permission.AUTHOR, on=organisation)
    source = locked(source)
    original = source.published
    if original is None:
        raise NotFound
    original.resource = source
    if not licences_to_adapt(original, author=by.person_id):
        raise AdaptationNotAllowed(title=inside_marks(original.title), theirs=_words(original.licence))
    resource = Resource.objects.create(
        uuid=mint_identifier("resource", uuid4().hex),
        organisation=organisation,
        author=Person.objects.get(uuid=require_person(by)),
        created_at=now,
    )
    draft = ResourceVersion(
        resource=resource,
        number=1,
        created_at=now,
        changed_at=now,
        derived_from=original,
        **Description.of(original).said(),
    )
    draft.has_third_party = original.has_third_party or None
    draft.save()
    Attachment.objects.bulk_create(
        Attachment(version=draft, file=copy_file(by=by, file=file, now=now), position=position)
        for position, file in enumerate(files_of(original), start=1)
    )
    note(by, now, "derived", draft, adapted_from=str(source.uuid))
    return draft


def require_possible_licence(version: ResourceVersion) -> None:
    """Refuse terms that the work a draft was adapted from does not allow."""
    source, possible = version.derived_from, possible_licences(version)
    if source is not None and version.licence not in possible:
        raise LicenceNotPossible(
            field="licence",
            title=inside_marks(source.title),
            theirs=_words(source.licence),
            chosen=_words(version.licence),
            possible="、".join(str(licence.label) for licence in possible),
        )


def tell_of_adaptation(version: ResourceVersion, *, now: datetime) -> None:
    """Tell the author whose work this one was adapted from that it is public, once for each adaptation."""
    source = version.derived_from
    if source is None or source.resource.author_id == version.resource.author_id:
        return
    news = News(
        person=source.resource.author.uuid,
        kind=NoticeKind.ADAPTED,
        key=f"{version.resource.uuid}:{source.resource.uuid}",
        url=reverse("resources:detail", args=[version.resource.uuid]),
        parameters={"author": version.resource.author.name, "title": source.title, "work": version.title},
    )
    tell_people(news=[news], now=now)


def _words(code: str) -> str:
    return str(Licence(code).label) if code in Licence.values else code
