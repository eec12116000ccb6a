"""The panel, the favourites and the moderators' list in a browser."""

import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.template import RequestContext, Template
from django.test import Client, RequestFactory

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.feedback import registry
from heluo.kernel.feedback.actions import make_comment
from heluo.kernel.feedback.enums import CommentState
from heluo.kernel.feedback.models import Comment, CommentReport, Favourite, Rating
from heluo.kernel.feedback.public import SubjectRef, subjects_of
from tests.accounts import MakeAccount, _fresh_counters, make_account, school
from tests.kernel.feedback.conftest import KIND, NOON, someone

__all__ = ["_fresh_counters", "make_account", "school"]

pytestmark = pytest.mark.django_db
ONE = UUID(int=1)
PANEL = f"/feedback/{KIND}/{ONE}/"
MODERATION = "/feedback/moderation/"
HTMX = {"HX-Request": "true", "HX-Target": "feedback"}


@pytest.fixture(autouse=True)
def _lamp(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(_actor: Actor, uuids: Collection[UUID]) -> Mapping[UUID, SubjectRef]:
        lamp = SubjectRef(kind=KIND, uuid=ONE, path="1.2.3.", title="路灯一号", url="/lamps/1/")
        return {uuid: lamp for uuid in uuids if uuid == ONE}

    monkeypatch.setattr(registry, "_resolvers", {})
    subjects_of(KIND, resolve)


@pytest.fixture
def reader(client: Client, make_account: MakeAccount) -> Client:
    client.force_login(make_account("reader"))
    return client


@pytest.fixture
def officer(make_account: MakeAccount) -> Client:
    browser = Client()
    browser.force_login(make_account("officer", Role.RESOURCE_REVIEWER))
    return browser


def part(html: str) -> str:
    """The panel in a page, without the token of the moment."""
    section = re.search(r'<section class="section feedback".*?</section>', html, re.DOTALL)
    assert section
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", section[0])


def test_the_public_sees_the_panel_and_the_way_to_sign_in(client: Client) -> None:
    html = client.get(PANEL).content.decode()
    assert "还没有评论" in html
    assert "登录" in html
    assert "<textarea" not in html


def test_what_is_not_there_has_no_panel(client: Client) -> None:
    assert client.get(f"/feedback/{KIND}/{UUID(int=2)}/").status_code == 404
    assert client.get(f"/feedback/unheard_of/{ONE}/").status_code == 404


def test_without_scripts_everything_leads_back_to_the_subject(reader: Client) -> None:
    sent = {
        "favourite/": {"wanted": "1"},
        "rating/": {"stars": "4"},
        "comments/": {"body": "讲得清楚"},
    }
    for where, fields in sent.items():
        answer = reader.post(PANEL + where, fields)
        assert (answer.status_code, answer["Location"]) == (302, "/lamps/1/#feedback")
    assert (Favourite.objects.count(), Rating.objects.get().stars) == (1, 4)
    assert Comment.objects.get().state == CommentState.PENDING


def test_the_fragment_is_the_part_of_the_full_page(reader: Client) -> None:
    fragment = reader.post(PANEL + "favourite/", {"wanted": "1"}, headers=HTMX).content.decode()
    assert "已收藏" in part(fragment)
    assert not re.search("<html", fragment)
    assert part(fragment) == part(reader.get(PANEL).content.decode())


def test_the_tag_shows_the_same_panel_in_any_page(reader: Client) -> None:
    request: Any = RequestFactory().get(PANEL)
    request.actor = PUBLIC_ACTOR
    subject = SubjectRef(kind=KIND, uuid=ONE, path="1.2.3.")
    template = Template("{% load feedback %}{% feedback_panel subject %}")
    tagged = template.render(RequestContext(request, {"subject": subject}))
    assert part(tagged) == part(Client().get(PANEL).content.decode())
    unknown = RequestContext(request, {"subject": SubjectRef(kind="unheard_of", uuid=ONE, path="1.")})
    assert template.render(unknown) == ""


@pytest.mark.parametrize(
    ("where", "fields", "sentence"),
    [
        ("comments/", {"body": ""}, "请先写下评论。"),
        ("comments/", {"body": "长" * 501}, "500"),
        ("rating/", {}, "请选择 1 到 5 颗星。"),
        ("rating/", {"stars": "9"}, "请选择 1 到 5 颗星。"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_wrong_is_said(
    reader: Client, where: str, fields: dict[str, str], sentence: str, headers: dict[str, str]
) -> None:
    answer = reader.post(PANEL + where, fields, headers=headers)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    for where in ("favourite/", "rating/", "comments/"):
        answer = client.post(PANEL + where, {"wanted": "1", "stars": "5", "body": "好"})
        assert (answer.status_code, answer["Location"][:16]) == (302, "/accounts/login/")
    assert not Favourite.objects.exists()


def test_a_comment_from_writing_to_hiding(reader: Client, officer: Client, make_account: MakeAccount) -> None:
    reader.post(PANEL + "comments/", {"body": "看<b>这里</b>"})
    comment = Comment.objects.get()
    assert "看&lt;b&gt;这里&lt;/b&gt;" in officer.get(MODERATION).content.decode()
    shown = officer.post(f"{MODERATION}{comment.pk}/", {"seen": "pending", "show": "1"})
    assert shown.status_code == 302
    assert "测**" in Client().get(PANEL).content.decode()

    other = Client()
    other.force_login(make_account("other"))
    other.post(f"{PANEL}comments/{comment.pk}/report/", {"reason": "advert"})
    assert CommentReport.objects.count() == 1
    assert "广告或垃圾信息" in officer.get(MODERATION).content.decode()
    decision = {"seen": "shown", "show": "0", "reason": ""}
    refused = officer.post(
        f"{MODERATION}{comment.pk}/", decision, headers={"HX-Request": "true", "HX-Target": "listing"}
    )
    assert refused.status_code == 422
    assert "请写明原因" in refused.content.decode()
    officer.post(f"{MODERATION}{comment.pk}/", decision | {"reason": "广告"})
    assert "这里" not in Client().get(PANEL).content.decode()
    assert "没有等待处理的评论" in officer.get(MODERATION).content.decode()


def test_a_comment_can_be_taken_back(reader: Client) -> None:
    reader.post(PANEL + "comments/", {"body": "说错了"})
    comment = Comment.objects.get()
    reader.post(f"{PANEL}comments/{comment.pk}/take-back/")
    assert "说错了" not in reader.get(PANEL).content.decode()


def test_favourites_are_a_list_to_go_back_to(reader: Client) -> None:
    assert "还没有收藏" in reader.get("/feedback/favourites/").content.decode()
    reader.post(PANEL + "favourite/", {"wanted": "1"})
    assert "路灯一号" in reader.get("/feedback/favourites/").content.decode()


def test_a_favourite_given_up_by_mistake_comes_back(reader: Client) -> None:
    address = PANEL + "favourite/"
    reader.post(address, {"wanted": "1"})
    gone = reader.post(address, {"wanted": "0", "from_list": "1"}, follow=True)
    assert gone.redirect_chain == [("/feedback/favourites/", 302)]
    assert "已取消收藏“路灯一号”。" in gone.text
    assert 'name="wanted" value="1"' in gone.text
    back = reader.post(address, {"wanted": "1", "from_list": "1"}, follow=True)
    assert 'name="wanted" value="0"' in back.text

    panel = reader.post(address, {"wanted": "0"}, headers=HTMX).text
    assert 'hx-target="#feedback"' in panel[panel.index("已取消收藏") :]


def test_the_list_of_moderators_is_closed_to_others(reader: Client, client: Client) -> None:
    assert reader.get(MODERATION).status_code == 403
    assert Client().get(MODERATION).status_code == 302


def test_older_comments_are_a_page_of_their_own(client: Client) -> None:
    author = someone()
    for number in range(9):
        make_comment(by=author, kind=KIND, subject=ONE, body=f"第{number}条", now=NOON)
    for number in range(9, 13):
        make_comment(by=someone(), kind=KIND, subject=ONE, body=f"第{number}条", now=NOON)
    Comment.objects.update(state=CommentState.SHOWN)
    html = client.get(PANEL).content.decode()
    assert "第12条" in html
    assert "第0条" not in html
    older = re.search(r'rel="next" href="([^"]+)"', html)
    assert older
    assert "第0条" in client.get(older[1]).content.decode()
