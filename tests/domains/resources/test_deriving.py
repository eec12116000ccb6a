"""Adapting what others published: only where their terms allow it, under terms they allow, and said for ever."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from heluo.domains.resources.actions import (
    Description,
    attach_file,
    derive_resource,
    describe_draft,
    start_draft,
    start_new_version,
    submit_resource,
    withdraw_resource,
)
from heluo.domains.resources.errors import AdaptationNotAllowed, LicenceNotPossible
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.domains.resources.queries import (
    attribution,
    chain_of,
    derivatives_of,
    derivatives_of_own,
    files_of,
    twins_of,
)
from heluo.engines.catalogue.enums import ADAPTED_AS, Licence
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import linked_data
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, require_person
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.errors import FileInfected
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.notices.models import Notice
from tests.domains.resources.conftest import House, browser_of
from tests.factories import NOON, a_draft, a_published_resource, a_teacher, approved

FREE = {Licence.CC0: set(Licence), Licence.CC_BY: set(Licence) - {Licence.CC0, Licence.RESERVED}}
CHART = {
    **FREE,
    Licence.CC_BY_SA: {Licence.CC_BY_SA},
    Licence.CC_BY_NC: {Licence.CC_BY_NC, Licence.CC_BY_NC_SA, Licence.CC_BY_NC_ND},
    Licence.CC_BY_NC_SA: {Licence.CC_BY_NC_SA},
    Licence.CC_BY_ND: set(),
    Licence.CC_BY_NC_ND: set(),
    Licence.RESERVED: set(),
}
"""Creative Commons, adapter's licence chart, written down once more."""


@pytest.fixture
def other(house: House) -> Actor:
    """A colleague of the teacher."""
    return a_teacher(house.school).actor


def published(house: House, **changes: object) -> Resource:
    return a_published_resource(house.teacher, house.school, house.reviewer, **changes)


def derived(house: House, by: Actor, source: Resource, **changes: Any) -> ResourceVersion:
    """A draft made of a source, described so that it can be submitted."""
    draft = derive_resource(by=by, source=source, organisation=house.school, now=NOON)
    said = replace(Description.of(draft), **({"has_third_party": False} | changes))
    return describe_draft(by=by, version=draft, description=said, now=NOON)


def made_public(house: House, draft: ResourceVersion, *, by: Actor) -> ResourceVersion:
    return approved(submit_resource(by=by, version=draft, now=NOON), by=house.reviewer)


@pytest.mark.parametrize("theirs", Licence)
@pytest.mark.parametrize("chosen", Licence)
def test_an_adaptation_is_published_under_terms_of_the_chart_and_no_others(theirs: Licence, chosen: Licence) -> None:
    assert (chosen in ADAPTED_AS[theirs]) == (chosen in CHART[theirs])


def test_no_chain_of_adaptations_takes_a_term_away() -> None:
    for seconds in ADAPTED_AS.values():
        for second in seconds:
            assert ADAPTED_AS[second] <= seconds


def test_a_teacher_adapts_what_a_colleague_published(house: House, other: Actor) -> None:
    source = published(house, licence=Licence.CC_BY)
    draft = derive_resource(by=other, source=source, organisation=house.school, now=NOON)

    original = source.published
    assert original is not None
    assert draft.derived_from == original
    assert replace(Description.of(draft), has_third_party=False) == Description.of(original)
    assert draft.has_third_party is None
    [copy], [file] = files_of(draft), files_of(original)
    assert (copy.blob_id, copy.name, copy.owner_id) == (file.blob_id, file.name, other.person_id)
    assert copy.uuid != file.uuid


@pytest.mark.parametrize("licence", [Licence.CC_BY_ND, Licence.CC_BY_NC_ND, Licence.RESERVED])
def test_where_the_terms_allow_no_adaptation_none_is_begun(house: House, other: Actor, licence: Licence) -> None:
    source = published(house, licence=licence)
    with pytest.raises(AdaptationNotAllowed):
        derive_resource(by=other, source=source, organisation=house.school, now=NOON)
    assert Resource.objects.count() == 1
    assert derive_resource(by=house.teacher, source=source, organisation=house.school, now=NOON).derived_from


def test_nobody_adapts_who_may_not_write_drafts_there(house: House) -> None:
    source = published(house, licence=Licence.CC0)
    for actor in (house.stranger, house.reviewer, PUBLIC_ACTOR):
        with pytest.raises(NotAllowed):
            derive_resource(by=actor, source=source, organisation=house.school, now=NOON)


def test_what_is_not_public_cannot_be_adapted(house: House, other: Actor) -> None:
    private = a_draft(house.teacher, house.school).resource
    gone = published(house, licence=Licence.CC0)
    withdraw_resource(by=house.teacher, resource=gone, reason="过时", now=NOON)
    for source in (private, gone):
        with pytest.raises(NotFound):
            derive_resource(by=other, source=source, organisation=house.school, now=NOON)
        assert browser_of(other).get(reverse("resources:derive", args=[source.uuid])).status_code == 404


def test_an_infected_file_is_not_handed_on(house: House, other: Actor) -> None:
    source = published(house, licence=Licence.CC0)
    Blob.objects.update(scan_state=ScanState.INFECTED)
    with pytest.raises(FileInfected):
        derive_resource(by=other, source=source, organisation=house.school, now=NOON)
    assert not StoredFile.objects.filter(owner_id=other.person_id).exists()


def test_terms_the_source_does_not_allow_are_refused_at_submission_with_those_it_allows(
    house: House, other: Actor
) -> None:
    draft = derived(house, other, published(house, licence=Licence.CC_BY_SA), licence=Licence.CC_BY)
    with pytest.raises(LicenceNotPossible) as refused:
        submit_resource(by=other, version=draft, now=NOON)
    assert refused.value.field == "licence"
    assert str(Licence.CC_BY_SA.label) in str(refused.value)


def test_third_party_works_do_not_lift_the_terms_of_the_source(house: House, other: Actor) -> None:
    source = published(house, licence=Licence.CC_BY_NC)
    draft = derived(
        house, other, source, licence=Licence.CC_BY, has_third_party=True, third_party_statement="作者口头同意"
    )
    with pytest.raises(LicenceNotPossible):
        submit_resource(by=other, version=draft, now=NOON)


def test_the_same_content_is_a_twin_unless_it_is_said_to_be_adapted(house: House, other: Actor) -> None:
    source = published(house, licence=Licence.CC_BY)
    draft = derived(house, other, source)
    assert twins_of(draft) == []

    undeclared = start_draft(by=other, organisation=house.school, now=NOON)
    attach_file(by=other, version=undeclared, file=files_of(draft)[0], now=NOON)
    assert [twin.version for twin in twins_of(undeclared)] == [source.published]


def test_the_terms_of_the_adapted_version_hold_when_its_author_changes_them_later(house: House, other: Actor) -> None:
    source = published(house, licence=Licence.CC_BY)
    draft = derived(house, other, source, licence=Licence.CC_BY)
    stricter = start_new_version(by=house.teacher, resource=source, now=NOON)
    said = replace(Description.of(stricter), licence=Licence.RESERVED)
    describe_draft(by=house.teacher, version=stricter, description=said, now=NOON)
    made_public(house, stricter, by=house.teacher)

    assert made_public(house, draft, by=other).derived_from == source.versions.get(number=1)


def test_what_a_version_was_adapted_from_never_changes(house: House, other: Actor) -> None:
    draft = derived(house, other, published(house, licence=Licence.CC0))
    for change in (None, published(house).published):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResourceVersion.objects.filter(pk=draft.pk).update(derived_from=change)


def test_the_next_version_keeps_the_source(house: House, other: Actor) -> None:
    work = made_public(house, derived(house, other, published(house, licence=Licence.CC_BY)), by=other)
    following = start_new_version(by=other, resource=work.resource, now=NOON)
    assert following.derived_from == work.derived_from


def test_a_chain_of_three_is_told_to_the_first_original(
    house: House, other: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = published(house, title="甲", licence=Licence.CC_BY)
    second = made_public(house, derived(house, other, first, title="乙"), by=other)
    third_author = a_teacher(house.school).actor
    third = made_public(house, derived(house, third_author, second.resource, title="丙"), by=third_author)
    withdraw_resource(by=house.teacher, resource=first, reason="过时", now=NOON)

    with django_assert_num_queries(2):
        assert [work.title for work in chain_of(third)] == ["乙", "甲"]
    line = attribution(third)
    assert line.index("《丙》") < line.index("改编自《乙》") < line.index("改编自《甲》")
    assert line.count(str(Licence.CC_BY.label)) == 3

    page = browser_of(house.stranger).get(reverse("resources:detail", args=[third.resource.uuid])).content.decode()
    assert "《乙》" in page
    assert f'href="{reverse("resources:detail", args=[second.resource.uuid])}"' in page
    assert "《甲》" in page
    assert f'href="{reverse("resources:detail", args=[first.uuid])}"' not in page


def test_machines_are_told_of_the_source(house: House, other: Actor) -> None:
    source = published(house, title="甲", licence=Licence.CC_BY)
    work = made_public(house, derived(house, other, source, title="乙"), by=other)
    entry = Entry.objects.select_related("organisation").get(uuid=work.resource.uuid)

    assert entry.payload["derived_from"] == {
        "identifier": str(source.uuid),
        "version": 1,
        "title": "甲",
        "creator": source.author.name,
        "licence": Licence.CC_BY.value,
    }
    told = json.loads(linked_data(entry))["isBasedOn"]
    assert told["@id"].endswith(reverse("resources:detail", args=[source.uuid]))
    assert (told["name"], told["identifier"]) == ("甲", f"urn:uuid:{source.uuid}")
    original = Entry.objects.select_related("organisation").get(uuid=source.uuid)
    assert "isBasedOn" not in json.loads(linked_data(original))


def test_the_author_is_told_once_and_only_of_what_is_public(house: House, other: Actor) -> None:
    source = published(house, licence=Licence.CC_BY)
    draft = derived(house, other, source, title="乙")
    told = Notice.objects.filter(person=require_person(house.teacher), kind="resources.adapted")
    assert not told.exists()
    assert not derivatives_of(source).exists()

    made_public(house, draft, by=other)
    assert told.count() == 1
    assert [work.title for work in derivatives_of(source)] == ["乙"]
    assert [work.title for work in derivatives_of_own(house.teacher)] == ["乙"]
    assert not derivatives_of_own(other).exists()

    withdraw_resource(by=other, resource=Resource.objects.get(pk=draft.resource_id), reason="过时", now=NOON)
    assert not derivatives_of(source).exists()
    assert not derivatives_of_own(house.teacher).exists()


def test_pages_from_the_resource_to_the_draft(house: House, other: Actor) -> None:
    source = published(house, title="甲", licence=Licence.CC_BY_NC)
    browser, address = browser_of(other), reverse("resources:derive", args=[source.uuid])
    assert address in browser.get(reverse("resources:derivatives", args=[source.uuid])).content.decode()
    assert str(Licence.CC_BY_NC_SA.label) in browser.get(address).content.decode()

    answer = browser.post(address, {"place": house.school.uuid})
    draft = ResourceVersion.objects.get(derived_from__resource=source)
    assert answer.headers["Location"] == reverse("resources:draft", args=[draft.resource.uuid])
    form = browser.get(answer.headers["Location"]).content.decode()
    assert f'value="{Licence.CC_BY_NC_SA.value}"' in form
    assert f'value="{Licence.CC_BY.value}"' not in form

    assert browser.post(address, {"place": uuid4()}).status_code == 404
    assert browser_of(house.reviewer).get(address).status_code == 403
    assert (
        address
        not in browser_of(house.reviewer).get(reverse("resources:derivatives", args=[source.uuid])).content.decode()
    )


def test_the_list_of_adaptations_asks_as_often_for_many_as_for_one(
    house: House, other: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    source = published(house, licence=Licence.CC_BY)
    made_public(house, derived(house, other, source), by=other)
    browser, address = browser_of(house.teacher), reverse("resources:derived_from_mine")
    browser.get(address)
    with django_assert_max_num_queries(60) as one:
        browser.get(address)
    for _ in range(2):
        made_public(house, derived(house, other, source), by=other)
    with django_assert_max_num_queries(60) as many:
        assert browser.get(address).status_code == 200
    assert len(many) <= len(one)
