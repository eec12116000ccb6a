"""Resources on the textbook tree: chosen along it, refused where it has no such node, found from chapter and point."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.resources.actions import (
    Description,
    NewResource,
    attach_file,
    describe_draft,
    start_draft,
    start_new_version,
    submit_resource,
    take_over_resources,
)
from heluo.domains.resources.errors import RowRefused, TooManyPlaces
from heluo.domains.resources.models import MAX_PLACES, Resource, ResourceVersion
from heluo.domains.textbooks.errors import UnknownNode
from heluo.domains.textbooks.models import Chapter, KnowledgePoint, Textbook
from heluo.engines.catalogue.public import entries_by_ids
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.files.models import StoredFile
from heluo.kernel.people.models import Person
from tests.domains.resources.conftest import House, browser_of
from tests.domains.textbooks.conftest import PROVINCE, TREE, a_chapter, imported
from tests.factories import DESCRIPTION, NOON, a_bureau, a_draft, a_file, a_person, a_teacher, approved

pytestmark = pytest.mark.django_db
NOWHERE = UUID(int=1)


@pytest.fixture
def keeper(house: House) -> Actor:
    keeper = a_person(Role.PROVINCE_ADMIN, a_bureau(PROVINCE)).actor
    imported(keeper, *TREE, a_chapter("1.2", "比一比", points="SX-1"))
    return keeper


def chapter(number: str) -> Chapter:
    return Chapter.objects.get(number=number)


def published(house: House, *numbers: str, title: str = "分数", points: bool = False) -> Resource:
    draft = start_draft(by=house.teacher, organisation=house.school, local_id=uuid4().hex, now=NOON)
    attach_file(by=house.teacher, version=draft, file=a_file(house.teacher), now=NOON)
    description = replace(
        DESCRIPTION,
        title=title,
        chapters=[chapter(number).uuid for number in numbers],
        knowledge_points=[KnowledgePoint.objects.get().uuid] if points else [],
    )
    draft = describe_draft(by=house.teacher, version=draft, description=description, now=NOON)
    return approved(submit_resource(by=house.teacher, version=draft, now=NOON), by=house.reviewer).resource


def page_of(client: Client, name: str, uuid: UUID) -> str:
    return client.get(reverse(name, args=[uuid])).content.decode()


def test_an_author_chooses_along_the_tree_and_by_search(house: House, keeper: Actor) -> None:
    browser = browser_of(house.teacher)
    version = a_draft(by=house.teacher, at=house.school)
    url = reverse("resources:places", args=[version.resource.uuid])
    page = browser.get(url).content.decode()
    assert str(chapter("1.1").uuid) in page, "the textbook of the author's grade is open"
    assert str(chapter("2").uuid) not in browser.get(url, {"q": "几分"}).content.decode()
    point = KnowledgePoint.objects.get()
    browser.post(url, {"chapters": [chapter("1.1").uuid], "knowledge_points": [point.uuid]})
    version.refresh_from_db()
    assert (version.chapters, version.knowledge_points) == ([chapter("1.1").uuid], [point.uuid])
    assert "几分之一" in page_of(browser, "resources:draft", version.resource.uuid)
    browser.post(url, {})
    version.refresh_from_db()
    assert (version.chapters, version.knowledge_points) == ([], [])


def test_the_draft_form_leads_to_the_tree_and_keeps_what_was_chosen(house: House, keeper: Actor) -> None:
    browser = browser_of(house.teacher)
    version = a_draft(by=house.teacher, at=house.school)
    description = replace(Description.of(version), chapters=[chapter("2").uuid])
    describe_draft(by=house.teacher, version=version, description=description, now=NOON)
    answer = browser.post(
        reverse("resources:draft", args=[version.resource.uuid]), {"title": "新标题", "keywords": "", "places": "1"}
    )
    assert answer["Location"] == reverse("resources:places", args=[version.resource.uuid])
    version.refresh_from_db()
    assert (version.title, version.chapters) == ("新标题", [chapter("2").uuid])


def test_nodes_that_are_not_there_or_withdrawn_are_refused(house: House, keeper: Actor) -> None:
    version = a_draft(by=house.teacher, at=house.school)
    gone = chapter("2").uuid
    imported(keeper, *TREE[:-1])
    said = Description.of(version)
    for wrong in (
        replace(said, chapters=[NOWHERE]),
        replace(said, chapters=[gone]),
        replace(said, chapters=[Textbook.objects.get().uuid]),
        replace(said, knowledge_points=[chapter("1").uuid]),
    ):
        with pytest.raises(UnknownNode):
            describe_draft(by=house.teacher, version=version, description=wrong, now=NOON)
    many = replace(said, chapters=[uuid4() for _number in range(MAX_PLACES + 1)])
    with pytest.raises(TooManyPlaces):
        describe_draft(by=house.teacher, version=version, description=many, now=NOON)
    answer = browser_of(house.teacher).post(
        reverse("resources:places", args=[version.resource.uuid]), {"chapters": [NOWHERE]}
    )
    assert answer.status_code == 422
    assert "不存在或已停用" in answer.content.decode()
    version.refresh_from_db()
    assert version.chapters == []


def test_a_batch_is_refused_for_the_same_reason_and_keeps_what_is_right(house: House, keeper: Actor) -> None:
    file = StoredFile.objects.for_display().get(pk=a_file(house.teacher).pk)

    def taken_over(uuid: UUID) -> int:
        new = [
            NewResource(local_id=uuid4().hex, description=replace(DESCRIPTION, chapters=[one]), files=(file,))
            for one in (chapter("1.1").uuid, uuid)
        ]
        author = Person.objects.get(uuid=house.teacher.person_id)
        return take_over_resources(by=house.reviewer, author=author, organisation=house.school, resources=new, now=NOON)

    with pytest.raises(RowRefused, match=r"第 2 行.*章节不存在或已停用") as refused:
        taken_over(NOWHERE)
    assert isinstance(refused.value.__cause__, UnknownNode)
    assert refused.value.field == "chapters"
    assert taken_over(chapter("2").uuid) == 2
    assert [version.chapters for version in ResourceVersion.objects.order_by("pk")] == [
        [chapter("1.1").uuid],
        [chapter("2").uuid],
    ]


def test_what_is_withdrawn_later_stays_and_says_so(client: Client, house: House, keeper: Actor) -> None:
    resource = published(house, "2")
    imported(keeper, *TREE[:-1])
    assert "量一量" in page_of(client, "resources:detail", resource.uuid)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    kept = replace(Description.of(draft), title="新一版")
    assert describe_draft(by=house.teacher, version=draft, description=kept, now=NOON).chapters == [
        Chapter.objects.get(title="量一量").uuid
    ]
    page = browser_of(house.teacher).get(reverse("resources:places", args=[resource.uuid])).content.decode()
    assert "已停用" in page


def test_a_published_resource_is_found_from_its_chapter_those_above_and_its_point(
    client: Client, house: House, keeper: Actor
) -> None:
    resource = published(house, "1.1", title="月饼与分数", points=True)
    entry = entries_by_ids(actor=PUBLIC_ACTOR, identifiers=[resource.uuid])[resource.uuid]
    book = Textbook.objects.get()
    assert entry.facets["chapter"] == [str(book.uuid), str(chapter("1").uuid), str(chapter("1.1").uuid)]
    for number in ("1", "1.1"):
        assert "月饼与分数" in page_of(client, "textbooks:chapter", chapter(number).uuid)
    assert "月饼与分数" not in page_of(client, "textbooks:chapter", chapter("2").uuid)
    assert "月饼与分数" in page_of(client, "textbooks:point", KnowledgePoint.objects.get().uuid)
    assert "1 个资源" in page_of(client, "textbooks:detail", book.uuid)
    detail = page_of(client, "resources:detail", resource.uuid)
    assert reverse("textbooks:chapter", args=[chapter("1.1").uuid]) in detail
    narrowed = client.get(reverse("resources:list"), {"chapter": str(chapter("1").uuid)}).content.decode()
    assert "月饼与分数" in narrowed
    assert "分一分" in narrowed, "what is filtered by is said in words"


def test_a_resource_leads_to_those_beside_it_behind_it_and_of_its_point(
    client: Client, house: House, keeper: Actor
) -> None:
    here = published(house, "1.1", title="这一个", points=True)
    published(house, "1.1", title="同一节的")
    published(house, "1.2", title="后一节的")
    published(house, "2", title="同一点的", points=True)
    page = page_of(client, "resources:detail", here.uuid)
    beside, behind, point = (page.index(words) for words in ("本节的其他资源", "下一节：1.2", "同一知识点的资源"))
    assert (
        beside < page.index("同一节的</a>") < behind < page.index("后一节的</a>") < point < page.index("同一点的</a>")
    )


def test_what_stands_beside_costs_the_same_for_one_and_for_three(client: Client, house: House, keeper: Actor) -> None:
    def cost(resource: Resource) -> int:
        url = reverse("resources:detail", args=[resource.uuid])
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    resource = published(house, "1.1", "1.2", points=True)
    published(house, "1.1")
    published(house, "1.2")
    few = cost(resource)
    for _number in range(2):
        published(house, "1.1", points=True)
        published(house, "1.2")
    assert cost(resource) == few


def test_others_choose_nothing_for_an_author(client: Client, house: House, keeper: Actor) -> None:
    version = a_draft(by=house.teacher, at=house.school)
    url = reverse("resources:places", args=[version.resource.uuid])
    assert client.get(url).status_code == 302
    assert browser_of(a_teacher(house.school).actor).post(url, {"chapters": [chapter("1").uuid]}).status_code == 404
    assert browser_of(house.stranger).get(url).status_code == 404
    submit_resource(by=house.teacher, version=version, now=NOON)
    assert browser_of(house.teacher).get(url)["Location"].endswith("/trail/")


def test_a_published_resource_has_a_code_to_print(client: Client, house: House, keeper: Actor) -> None:
    url = reverse("resources:code", args=[published(house, "1.1").uuid])
    assert client.get(url).status_code == 302
    assert browser_of(house.teacher).get(url).content[:5] == b"%PDF-"
    draft = a_draft(by=house.teacher, at=house.school)
    assert browser_of(house.teacher).get(reverse("resources:code", args=[draft.resource.uuid])).status_code == 404


def test_programs_name_places_too(client: Client, house: House, keeper: Actor) -> None:
    browser = browser_of(house.teacher)
    version = a_draft(by=house.teacher, at=house.school)
    address = f"/api/v1/resources/{version.resource.uuid}/draft"
    body = {"title": "几分之一", "chapters": [str(chapter("1.1").uuid)] * 2}
    answer = browser.put(address, body, content_type="application/json")
    assert answer.json()["chapters"] == [str(chapter("1.1").uuid)]
    refused = browser.put(address, {"chapters": [str(NOWHERE)]}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "chapters")
    resource = published(house, "2")
    assert client.get(f"/api/v1/resources/{resource.uuid}").json()["chapters"] == [str(chapter("2").uuid)]
