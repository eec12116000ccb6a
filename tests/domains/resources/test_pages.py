"""The pages of the resource centre in a browser: what people see, what they are refused and where that is said."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.resources.actions import (
    attach_file,
    describe_draft,
    remove_file,
    start_draft,
    start_new_version,
    submit_resource,
    withdraw_resource,
)
from heluo.domains.resources.enums import ResourceState, VersionState
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.domains.resources.queries import figures_below, files_of
from heluo.domains.resources.queries.opening import openable_files
from heluo.engines.process.models import Instance
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.feedback.public import tallies_of
from heluo.kernel.organisations.public import superiors_of
from tests.domains.resources.conftest import House, browser_of
from tests.factories import (
    CHECKS,
    DESCRIPTION,
    NOON,
    OTHER_COUNTY,
    a_bureau,
    a_draft,
    a_file,
    a_person,
    a_picture,
    a_published_resource,
    a_reviewer,
    a_school,
    a_submission,
    a_teacher,
    approved,
    returned,
    review_of,
)
from tests.kernel.pages.fragments import assert_fragment_equals_part

pytestmark = pytest.mark.django_db
LIST = "/resources/"
MINE = "/workbench/resources/"
WORK = "/workbench/items/"
HTMX = {"HX-Request": "true"}
NOWHERE = UUID(int=1)
FORM = {
    "title": "分数的初步认识",
    "description": "用一个圆的平均分认识几分之一。",
    "keywords": "分数、平均分",
    "audience": "primary-3",
    "subject": "14",
    "resource_type": "media",
    "language": "zh-CN",
    "licence": "CC-BY-4.0",
    "has_third_party": "no",
    "third_party_statement": "",
}


def at(name: str, resource: Resource, **more: object) -> str:
    return reverse(f"resources:{name}", kwargs={"uuid": resource.uuid, **more})


def queries_of(browser: Client, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


def assert_same_words(one: Any, other: Any) -> None:
    """Two refusals between which nobody can tell."""
    assert (one.status_code, other.status_code) == (404, 404)
    assert main_part(one) == main_part(other)


def main_part(response: Any) -> str:
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


# What everybody sees


def test_the_list_shows_what_is_published_and_nothing_else(client: Client, house: House) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer, title="分数的初步认识")
    a_submission(house.teacher, house.school, title="还在审核的一课")
    html = client.get(LIST).content.decode()
    assert "分数的初步认识" in html
    assert "还在审核的一课" not in html


def test_the_list_is_searched_by_two_characters_narrowed_and_sorted(client: Client, house: House) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer, title="分数的初步认识", description="数学")
    a_published_resource(
        house.teacher, house.school, house.reviewer, title="静夜思", subject="13", keywords=["古诗"], description="古诗"
    )
    found = client.get(LIST, {"q": "分数"}).content.decode()
    assert "分数的初步认识" in found
    assert "静夜思" not in found

    narrowed = client.get(LIST, {"subject": "13"}).content.decode()
    assert "静夜思" in narrowed
    assert "分数的初步认识" not in narrowed
    assert '<input type="hidden" name="subject" value="13">' in narrowed
    assert '<h2 class="card-title' in narrowed

    oldest, newest = (client.get(LIST, {"sort": sort}).content.decode() for sort in ("oldest", "newest"))
    assert oldest.index("分数的初步认识") < oldest.index("静夜思")
    assert newest.index("静夜思") < newest.index("分数的初步认识")


def test_what_will_do_instead_of_a_word_is_looked_up_once(client: Client, house: House) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer)
    for address in (LIST, "/collections/"):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address, {"q": "分数"}).status_code == 200
        assert sum("catalogue_synonymset" in query["sql"] for query in seen) == 1


def test_a_search_without_result_says_what_to_do(client: Client, house: House) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer)
    assert "没有找到符合条件的资源" in client.get(LIST, {"q": "火山"}).content.decode()


@pytest.mark.parametrize("query", ["?sort=upwards", "?cursor=%00", "?cursor=nonsense", "?nothing=1", "?q=%20"])
def test_a_made_up_address_of_the_list_does_no_harm(client: Client, house: House, query: str) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer)
    assert client.get(LIST + query).status_code in {200, 400}


def test_the_list_goes_on_by_cursor(client: Client, house: House) -> None:
    for number in range(21):
        a_published_resource(house.teacher, house.school, house.reviewer, title=f"第{number:02}课")
    first = client.get(LIST)
    assert first.context["page"].next_cursor
    second = client.get(LIST, {"cursor": first.context["page"].next_cursor})
    assert [card.title for card in second.context["cards"]] == ["第00课"]


def test_parts_of_pages_equal_the_pages(house: House) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer)
    draft = a_draft(house.teacher, house.school)
    a_submission(house.teacher, house.school)
    author, reviewer = browser_of(house.teacher), browser_of(house.reviewer)
    assert_fragment_equals_part(author, LIST, "listing")
    assert_fragment_equals_part(author, reverse("resources:author", args=[house.teacher.person_id]), "listing")
    assert_fragment_equals_part(author, MINE, "listing")
    assert_fragment_equals_part(reviewer, WORK, "listing")
    assert_fragment_equals_part(author, at("draft", draft.resource), "saved")
    assert_fragment_equals_part(author, at("draft", draft.resource), "files")


def test_a_resource_shows_its_files_its_facts_and_how_to_credit_it(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    html = client.get(at("detail", resource)).content.decode()
    for shown in ("分数的初步认识", "图.png", house.teacher.name, house.school.name, "复制署名", "三年级"):
        assert shown in html
    assert settings.CONTENT_URL in html


def test_search_engines_find_linked_data_on_the_page_of_the_current_version(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer, title="</script>分数")
    [said] = linked_in(client.get(at("detail", resource)))
    assert said["name"] == "</script>分数"
    assert (said["educationalLevel"], said["about"]) == (["小学", "三年级"], [{"@type": "Thing", "name": "数学"}])
    assert said["learningResourceType"] == ["媒体素材"]
    assert said["encodingFormat"] == ["image/png"]
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    approved(submit_resource(by=house.teacher, version=draft, now=NOON), by=house.reviewer)
    assert linked_in(client.get(at("version", resource, number=1))) == []


def linked_in(response: Any) -> list[Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.DOTALL)
    return [json.loads(one) for one in found]


def test_feed_readers_find_the_feed_of_what_the_list_shows(client: Client, house: House) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer, title="分数的初步认识")
    html = client.get(LIST, {"q": "分数", "subject": "14"}).content.decode()
    [feed] = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', html)
    assert "分数的初步认识" in client.get(feed.replace("&amp;", "&")).content.decode()


def test_a_view_counts_once_it_is_shown(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    client.get(at("detail", resource))
    assert tallies_of("resource", [resource.uuid])[resource.uuid].views == 0
    assert client.post(at("use", resource)).status_code == 204


def test_download_leads_to_the_content_host(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    file = resource.published.files.get()  # type: ignore[union-attr]  # published above
    answer = client.post(at("download", resource, file=file.uuid))
    assert answer.status_code == 302
    assert urlsplit(answer["Location"]).netloc == urlsplit(settings.CONTENT_URL).netloc


def test_only_files_of_the_published_version_are_given_away(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    secret = a_file(house.teacher, name="未发布.png")
    attach_file(by=house.teacher, version=draft, file=secret, now=NOON)
    of_another = a_file(house.stranger)
    for file in (secret.uuid, of_another.uuid, NOWHERE):
        assert client.get(at("download", resource, file=file)).status_code == 404


def test_a_version_of_the_past_is_seen_as_it_was_until_it_is_taken_down(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer, title="旧题目")
    [old] = files_of(ResourceVersion.objects.get(resource=resource))
    past = reverse("resources:version", args=[resource.uuid, 1])
    assert client.get(past).url == f"{LIST}{resource.uuid}/"
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    describe_draft(by=house.teacher, version=draft, description=replace(DESCRIPTION, title="新题目"), now=NOON)
    remove_file(by=house.teacher, version=draft, file=old, now=NOON)
    attach_file(by=house.teacher, version=draft, file=a_file(house.teacher), now=NOON)
    approved(submit_resource(by=house.teacher, version=draft, now=NOON), by=house.reviewer)
    page = client.get(past).content.decode()
    assert "旧题目" in page
    assert "这是第 1 版，现在公开的是第 2 版" in page
    assert past in client.get(f"{LIST}{resource.uuid}/").content.decode()
    download = reverse("resources:download", args=[resource.uuid, old.uuid])
    assert client.get(download).status_code == 302
    assert openable_files(PUBLIC_ACTOR, [old.uuid])[old.uuid].url == past
    for number in (3, 99):
        assert client.get(reverse("resources:version", args=[resource.uuid, number])).status_code == 404
    withdraw_resource(by=house.teacher, resource=resource, reason="有误", now=NOON)
    assert client.get(past).url == f"{LIST}{resource.uuid}/"
    assert client.get(download).status_code == 404


def test_a_version_that_was_taken_down_does_not_come_back_with_the_next(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    [old] = files_of(ResourceVersion.objects.get(resource=resource))
    withdraw_resource(by=house.teacher, resource=resource, reason="侵犯隐私", now=NOON)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    remove_file(by=house.teacher, version=draft, file=old, now=NOON)
    attach_file(by=house.teacher, version=draft, file=a_file(house.teacher), now=NOON)
    approved(submit_resource(by=house.teacher, version=draft, now=NOON), by=house.reviewer)
    past = reverse("resources:version", args=[resource.uuid, 1])
    assert client.get(past).url == f"{LIST}{resource.uuid}/"
    assert past not in client.get(f"{LIST}{resource.uuid}/").content.decode()
    assert client.get(reverse("resources:download", args=[resource.uuid, old.uuid])).status_code == 404
    assert openable_files(PUBLIC_ACTOR, [old.uuid]) == {}


def test_what_is_not_published_is_not_there(client: Client, house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    nothing = client.get(f"/resources/{NOWHERE}/")
    assert_same_words(client.get(at("detail", draft.resource)), nothing)
    file = draft.files.get()
    assert client.get(at("download", draft.resource, file=file.uuid)).status_code == 404
    assert client.post(at("use", draft.resource)).status_code in {204, 404}


def test_a_withdrawn_resource_is_gone_and_says_why(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    file = resource.published.files.get()  # type: ignore[union-attr]  # published above
    withdraw_resource(by=house.teacher, resource=resource, reason="图片来源有争议", now=NOON)
    gone = client.get(at("detail", resource))
    assert gone.status_code == 410
    assert "图片来源有争议" in gone.content.decode()
    assert client.get(at("download", resource, file=file.uuid)).status_code == 404
    assert "分数的初步认识" not in client.get(LIST).content.decode()


def test_an_author_has_a_page_once_something_is_published(client: Client, house: House) -> None:
    address = reverse("resources:author", args=[house.teacher.person_id])
    a_draft(house.teacher, house.school)
    assert_same_words(client.get(address), client.get(reverse("resources:author", args=[NOWHERE])))
    a_published_resource(house.teacher, house.school, house.reviewer)
    html = client.get(address).content.decode()
    assert house.teacher.name in html
    assert "分数的初步认识" in html


# The author's desk


def test_a_draft_is_opened_described_given_a_file_and_submitted(house: House) -> None:
    browser = browser_of(house.teacher)
    browser.post("/workbench/resources/new/")
    draft = ResourceVersion.objects.get()
    page = at("draft", draft.resource)
    upload = SimpleUploadedFile("图.png", a_picture(), "image/png")
    assert browser.post(at("files", draft.resource), {"file": upload}).status_code == 302
    assert "图.png" in browser.get(page).content.decode()

    saved = browser.post(page, FORM, headers={**HTMX, "HX-Target": "saved"})
    assert saved.status_code == 200
    assert 'id="saved"' in saved.content.decode()
    assert "<html" not in saved.content.decode()
    draft.refresh_from_db()
    assert (draft.title, draft.grade, draft.keywords) == ("分数的初步认识", "primary-3", ["分数", "平均分"])

    waiting = browser.post(page, {**FORM, "submit": "1"})
    assert waiting.status_code == 422
    assert "文件还在检查" in waiting.content.decode()


def test_a_checked_draft_is_submitted(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    answer = browser_of(house.teacher).post(at("draft", draft.resource), {**FORM, "submit": "1"})
    assert answer["Location"] == at("trail", draft.resource)
    draft.refresh_from_db()
    assert draft.state == VersionState.SUBMITTED


def test_what_submission_lacks_is_said_beside_each_field(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    answer = browser_of(house.teacher).post(at("draft", draft.resource), {"title": "只有标题", "submit": "1"})
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert {"description", "audience", "subject", "resource_type", "language", "licence", "has_third_party"} <= set(
        errors
    )
    assert "title" not in errors
    assert "至少一个文件" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.title == "只有标题", "what was written is kept although it could not be submitted"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("keywords", " ".join(f"词{number}" for number in range(11)), "关键词最多 10 个"),
        ("keywords", "长" * 21, "太长了"),
        ("title", "长" * 101, "100"),
        ("subject", "99", ""),
        ("audience", "nursery", ""),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(house: House, field: str, value: str, words: str) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    answer = browser_of(house.teacher).post(at("draft", draft.resource), {**FORM, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert words in answer.content.decode()
    draft.refresh_from_db()
    assert draft.title == ""


def test_autosave_of_a_wrong_field_says_so_in_its_line(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    headers = {**HTMX, "HX-Target": "saved"}
    answer = browser_of(house.teacher).post(
        at("draft", draft.resource), {**FORM, "keywords": "长" * 21}, headers=headers
    )
    assert answer.status_code == 422
    assert re.search("关键词：[^。]*太长了", answer.content.decode())
    assert "<html" not in answer.content.decode()


def test_files_are_moved_and_removed(house: House) -> None:
    first, second = a_file(house.teacher, name="一.png"), a_file(house.teacher, name="二.png")
    draft = a_draft(house.teacher, house.school, files=[first, second])
    browser, address = browser_of(house.teacher), at("files", draft.resource)
    browser.post(address, {"raise": str(second.uuid)})
    assert [file.name for file in files_of(draft)] == ["二.png", "一.png"]
    part = browser.post(address, {"remove": str(second.uuid)}, headers={**HTMX, "HX-Target": "files"})
    assert "移除 二.png" not in part.text
    assert "移除 一.png" in part.text
    assert "<html" not in part.text


def test_a_removed_file_is_put_back_where_it_stood(house: House) -> None:
    files = [a_file(house.teacher, name=f"{number}.png") for number in "123"]
    draft = a_draft(house.teacher, house.school, files=files)
    browser, address = browser_of(house.teacher), at("files", draft.resource)
    part = browser.post(address, {"remove": str(files[1].uuid)}, headers={**HTMX, "HX-Target": "files"})
    assert "已移除“2.png”。" in part.text
    assert f'name="restore" value="{files[1].uuid}"' in part.text
    assert "hx-swap-oob" not in browser.get(address, headers={**HTMX, "HX-Target": "files"}).text, "the offer stays"

    part = browser.post(address, {"restore": str(files[1].uuid), "place": "1"}, headers={**HTMX, "HX-Target": "files"})
    assert "已放回“2.png”。" in part.text
    assert [file.name for file in files_of(draft)] == ["1.png", "2.png", "3.png"]
    again = browser.post(address, {"restore": str(files[1].uuid), "place": "0"}, follow=True)
    assert "已经在列表里" in again.text


@pytest.mark.parametrize("sent", [{"restore": "x", "place": "1"}, {"place": "-1"}, {"place": "x"}, {}])
def test_what_was_not_removed_cannot_be_put_back(house: House, sent: dict[str, str]) -> None:
    draft = a_draft(house.teacher, house.school)
    foreign = a_file(house.stranger)
    answer = browser_of(house.teacher).post(at("files", draft.resource), {"restore": str(foreign.uuid), **sent})
    assert answer.status_code == 302
    assert draft.files.count() == 1


def test_a_file_that_cannot_be_taken_is_refused_beside_the_list(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    empty = SimpleUploadedFile("空.png", b"", "image/png")
    answer = browser_of(house.teacher).post(
        at("files", draft.resource), {"file": empty}, headers={**HTMX, "HX-Target": "files"}
    )
    assert "空文件" in answer.content.decode()
    assert not draft.files.exists()


def test_a_foreign_upload_is_not_attached(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    foreign = a_file(house.stranger)
    browser_of(house.teacher).post(at("files", draft.resource), {"file": str(foreign.uuid)})
    assert not draft.files.exists()


def test_somebody_elses_draft_is_not_there(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    colleague = browser_of(a_teacher(house.school).actor)
    for name, ask in (
        ("draft", colleague.get),
        ("draft", colleague.post),
        ("files", colleague.get),
        ("files", colleague.post),
        ("trail", colleague.get),
        ("start_version", colleague.post),
    ):
        assert_same_words(ask(at(name, draft.resource)), ask(reverse(f"resources:{name}", args=[NOWHERE])))
    draft.refresh_from_db()
    assert draft.state == VersionState.DRAFT


def test_somebody_elses_upload_has_no_state_to_show(house: House) -> None:
    file = a_file(house.teacher)
    colleague = browser_of(a_teacher(house.school).actor)
    assert_same_words(colleague.get(f"/files/{file.uuid}/state/"), colleague.get(f"/files/{NOWHERE}/state/"))


@pytest.mark.parametrize("address", [MINE, "/workbench/resources/new/", "/workbench/resources/overview/"])
def test_desks_are_for_those_who_work_there(client: Client, house: House, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in {302, 401, 403}
    pupil = browser_of(a_person(Role.PUPIL, house.school).actor)
    assert pupil.get(address).status_code in {302, 403}


def test_a_submitted_version_leads_to_its_trail(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    answer = browser_of(house.teacher).get(at("draft", version.resource))
    assert answer["Location"] == at("trail", version.resource)


def test_a_returned_draft_shows_the_reasons_on_top(house: House) -> None:
    version = returned(
        a_submission(house.teacher, house.school), by=house.reviewer, reasons=["science"], comment="第二页分母写错"
    )
    html = browser_of(house.teacher).get(at("draft", version.resource)).content.decode()
    assert "审核员请您修改" in html
    assert "内容有知识性或科学性错误" in html
    assert "第二页分母写错" in html


def test_the_author_starts_a_new_version_while_the_old_one_stays_public(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    browser = browser_of(house.teacher)
    answer = browser.post(at("start_version", resource))
    assert answer["Location"] == at("draft", resource)
    assert browser.get(at("draft", resource)).status_code == 200
    assert client.get(at("detail", resource)).status_code == 200
    assert browser.post(at("start_version", resource)).status_code == 409, "one open version at a time"


def test_the_author_withdraws_with_a_reason(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    browser = browser_of(house.teacher)
    refused = browser.post(at("withdraw", resource), {"reason": " "})
    assert refused.status_code == 422
    assert "请写明下架原因" in str(refused.context["form"].errors["reason"])
    assert browser.post(at("withdraw", resource), {"reason": "内容过时"})["Location"] == at("trail", resource)
    resource.refresh_from_db()
    assert resource.state == ResourceState.WITHDRAWN
    assert "内容过时" in browser.get(at("trail", resource)).content.decode()


def test_an_officer_in_scope_withdraws_and_others_do_not_find_the_page(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    stranger = browser_of(house.stranger)
    assert_same_words(stranger.get(at("withdraw", resource)), stranger.get(f"/resources/{NOWHERE}/withdraw/"))
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor)
    assert officer.post(at("withdraw", resource), {"reason": "来源不清"})["Location"] == at("detail", resource)


# The reviewer's desk


PUBLISH = {"outcome": "publish", "checks": CHECKS}
RETURN = {"outcome": "return", "reasons": ["science"], "comment": "第二页分母写错"}


def step_of(version: ResourceVersion) -> str:
    return reverse("process:work_item", args=[review_of(version).uuid])


def test_a_reviewer_sees_what_was_submitted_and_approves(client: Client, house: House) -> None:
    version = a_submission(house.teacher, house.school)
    reviewer, task = browser_of(house.reviewer), step_of(version)
    assert "分数的初步认识" in reviewer.get(WORK).content.decode()
    page = reviewer.get(task).content.decode()
    for shown in ("图.png", DESCRIPTION.description, "内容准确，没有知识性错误", "来源或版权不清"):
        assert shown in page
    assert at("detail", version.resource) not in page, "there is no public page yet"
    assert reviewer.post(task, PUBLISH)["Location"] == WORK
    assert client.get(at("detail", version.resource)).status_code == 200
    assert "通过并发布" in reviewer.get(reverse("process:process", args=[instance_of(version).uuid])).content.decode()


def instance_of(version: ResourceVersion) -> Instance:
    return Instance.objects.get(subject=version.resource.uuid)


def test_after_a_decision_the_next_submission_opens(house: House) -> None:
    first, second = a_submission(house.teacher, house.school), a_submission(house.teacher, house.school)
    answer = browser_of(house.reviewer).post(step_of(first), PUBLISH)
    assert answer["Location"] == step_of(second)


def test_a_return_without_a_reason_or_comment_is_refused_beside_the_field(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    reviewer, task = browser_of(house.reviewer), step_of(version)
    for given, field in (
        ({"outcome": "return", "comment": "请改"}, "reasons"),
        ({"outcome": "return", "reasons": ["science"]}, "comment"),
        ({"reasons": ["science"], "comment": "按了回车"}, "outcome"),
        ({"outcome": "publish", "checks": CHECKS[:2]}, "checks"),
    ):
        refused = reviewer.post(task, given)
        assert refused.status_code == 422
        assert field in refused.context["form"].errors
    reviewer.post(task, RETURN)
    version.refresh_from_db()
    assert version.state == VersionState.RETURNED


def test_a_decision_too_late_says_so(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    task = step_of(version)
    browser_of(a_reviewer(a_bureau()).actor).post(task, PUBLISH)
    late = browser_of(house.reviewer).post(task, RETURN)
    assert late.status_code == 422
    assert "这一步已经办结" in late.content.decode()


def test_a_reviewer_elsewhere_does_not_find_the_task(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    elsewhere = browser_of(a_reviewer(a_school(region=OTHER_COUNTY)).actor)
    task, nowhere = step_of(version), reverse("process:work_item", args=[NOWHERE])
    assert_same_words(elsewhere.get(task), elsewhere.get(nowhere))
    assert_same_words(elsewhere.post(task, PUBLISH), elsewhere.post(nowhere, PUBLISH))


def test_a_reviewer_who_is_the_author_does_not_find_the_task(house: House) -> None:
    both = a_person(Role.TEACHER, house.school, also=[Role.RESOURCE_REVIEWER])
    a_reviewer(house.school)
    version = a_submission(both.actor, house.school)
    browser, task = browser_of(both.actor), step_of(version)
    assert "分数的初步认识" not in browser.get(WORK).content.decode()
    assert (browser.get(task).status_code, browser.post(task, PUBLISH).status_code) == (404, 404)
    version.refresh_from_db()
    assert version.state == VersionState.SUBMITTED


def test_a_reviewer_is_told_of_the_same_file_in_what_others_published(house: House) -> None:
    content = a_picture(colour=(9, 9, 9))
    other = a_teacher(house.school).actor
    twin = a_file(other, content=content)
    a_published_resource(other, house.school, house.reviewer, files=(twin,), title="先前的一课")
    mine = a_file(house.teacher, content=content)
    version = a_submission(house.teacher, house.school, files=(mine,))
    page = browser_of(house.reviewer).get(step_of(version)).content.decode()
    assert "可能重复" in page
    assert "先前的一课" in page


def test_a_reviewer_is_told_of_what_is_called_almost_the_same(house: House) -> None:
    other = a_teacher(house.school).actor
    close = a_published_resource(other, house.school, house.reviewer, title="《分数》的初步认识！")
    far = a_published_resource(other, house.school, house.reviewer, title="分数的初步认识与小数的意义及其比较")
    version = a_submission(house.teacher, house.school, title="分数的初步认识")
    page = browser_of(house.reviewer).get(step_of(version)).content.decode()
    assert "标题相近的已有资源" in page
    assert at("detail", close) in page
    assert at("detail", far) not in page


def test_who_only_repairs_the_review_is_led_to_no_page_they_have_not(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    operator = browser_of(a_person(Role.OPERATOR, superiors_of(a_bureau())[0]).actor)
    page = operator.get(reverse("process:process", args=[instance_of(version).uuid])).content.decode()
    assert version.title in page
    assert at("detail", version.resource) not in page


def test_the_author_follows_the_review_and_takes_it_back(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    author, process = browser_of(house.teacher), reverse("process:process", args=[instance_of(version).uuid])
    assert process in author.get(at("trail", version.resource)).content.decode()
    answer = author.post(at("take_back", version.resource))
    assert answer["Location"] == at("draft", version.resource)
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    assert "收回提交" in author.get(at("trail", version.resource)).content.decode()
    again = author.post(at("take_back", version.resource), follow=True)
    assert "没有等待审核的提交" in again.content.decode()
    stranger = browser_of(house.stranger)
    nowhere = reverse("resources:take_back", args=[NOWHERE])
    assert_same_words(stranger.post(at("take_back", version.resource)), stranger.post(nowhere))


def test_an_officer_goes_down_the_tree_and_not_beside_it(house: House) -> None:
    a_published_resource(house.teacher, house.school, house.reviewer)
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor)
    here = "/workbench/resources/overview/"
    assert house.school.name in officer.get(here).content.decode()
    assert officer.get(here, {"below": str(house.school.uuid)}).status_code == 200
    elsewhere = a_school(region=OTHER_COUNTY)
    for below in (str(elsewhere.uuid), str(uuid4()), "nonsense"):
        assert officer.get(here, {"below": below}).status_code == 404


def test_the_figures_of_a_tree_add_up_to_what_lies_in_it(house: House) -> None:
    """A school has its own row, a bureau one for each branch, and neither counts a withdrawn resource or a draft."""
    a_published_resource(house.teacher, house.school, house.reviewer)
    a_submission(house.teacher, house.school)
    a_draft(house.teacher, house.school)
    gone = a_published_resource(house.teacher, house.school, house.reviewer)
    withdraw_resource(by=house.teacher, resource=gone, reason="重复", now=NOON)
    officer = a_person(Role.COUNTY_OFFICER, a_bureau()).actor

    school = figures_below(officer, house.school)
    county = figures_below(officer, a_bureau())
    top = superiors_of(a_bureau())[0]
    province = figures_below(a_person(Role.PROVINCE_ADMIN, top).actor, top)

    assert [(row.organisation, row.published, row.waiting, row.is_own) for row in school] == [
        (house.school, 1, 1, True)
    ]
    assert [(row.published, row.waiting) for row in county if row.organisation == house.school] == [(1, 1)]
    for rows in (county, province):
        assert (sum(row.published for row in rows), sum(row.waiting for row in rows)) == (1, 1)


def test_corrections_are_the_authors_alone_until_they_submit_again(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    reviewer, task = browser_of(house.reviewer), step_of(version)
    reviewer.post(task, RETURN)
    version.refresh_from_db()
    half_done = replace(DESCRIPTION, title="改到一半的标题", description="改到一半的说明")
    describe_draft(by=house.teacher, version=version, description=half_done, now=NOON)

    submission = f"/api/v1/resources/{version.resource.uuid}/submission"
    page = reviewer.get(task).content.decode()
    assert "改到一半的" not in page
    assert DESCRIPTION.title in page
    assert reviewer.get(submission).status_code == 404

    submit_resource(by=house.teacher, version=version, now=NOON)
    assert "改到一半的说明" in reviewer.get(step_of(version)).content.decode()
    assert reviewer.get(submission).json()["content"]["title"] == "改到一半的标题"


# Steady cost


def test_three_cost_as_many_queries_as_one(house: House) -> None:
    author, reviewer = browser_of(house.teacher), browser_of(house.reviewer)
    addresses = [
        (author, LIST),
        (author, MINE),
        (reviewer, WORK),
        (author, reverse("resources:author", args=[house.teacher.person_id])),
    ]

    def one_more() -> None:
        a_published_resource(house.teacher, house.school, house.reviewer)
        a_draft(house.teacher, house.school)
        a_submission(house.teacher, house.school)

    one_more()
    with_one = {url: queries_of(browser, url) for browser, url in addresses}
    one_more()
    one_more()
    assert {url: queries_of(browser, url) for browser, url in addresses} == with_one


def test_a_file_still_being_checked_asks_for_itself_again(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    attach_file(by=house.teacher, version=draft, file=a_file(house.teacher, checked=False), now=NOON)
    browser = browser_of(house.teacher)
    assert 'hx-trigger="live' in browser.get(at("draft", draft.resource)).content.decode()
    part = browser.get(at("files", draft.resource), headers={**HTMX, "HX-Target": "files"})
    assert 'hx-trigger="live' in part.content.decode()


def test_submitting_twice_says_it_waits_already(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    browser = browser_of(house.teacher)
    submit_resource(by=house.teacher, version=draft, now=NOON)
    assert browser.post(at("draft", draft.resource), {**FORM, "submit": "1"})["Location"] == at("trail", draft.resource)
