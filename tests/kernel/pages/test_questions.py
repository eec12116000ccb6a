"""A deed that is hard to take back is asked about once, and what was sent is not lost by asking."""

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.pages.questions import Question, ask_first

QUESTION = Question(title="删除“第 1 课”？", verb="删除", text="删除后不能恢复。")


def post(rf: RequestFactory, **sent: object):  # type: ignore[no-untyped-def]  # a request with what middleware adds
    request = rf.post("/lessons/1/delete/?from=list", sent)
    request.user, request.actor = AnonymousUser(), PUBLIC_ACTOR  # type: ignore[attr-defined]
    return request


def test_who_was_not_asked_is_asked_with_everything_they_sent(rf: RequestFactory) -> None:
    asked = ask_first(
        post(rf, reason="<过时>", part=["a", "b"], csrfmiddlewaretoken="old"),  # a token of nobody
        QUESTION,
        back="/lessons/1/",
    )
    assert asked is not None
    html = asked.content.decode()
    for shown in (
        "删除“第 1 课”？",
        "删除后不能恢复。",
        'action="/lessons/1/delete/?from=list"',
        'name="reason" value="&lt;过时&gt;"',
        'name="part" value="a"',
        'name="part" value="b"',
        'name="confirmed" value="1"',
        'href="/lessons/1/"',
    ):
        assert shown in html
    assert 'value="old"' not in html


def test_who_said_yes_is_not_asked_again(rf: RequestFactory) -> None:
    assert ask_first(post(rf, confirmed="1"), QUESTION, back="/") is None
