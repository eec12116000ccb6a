"""A small removal is said with the button that takes it back."""

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.template.loader import render_to_string
from django.test import RequestFactory

from heluo.kernel.pages.undo import Undo, offer_undo, undo_in


def test_an_offer_is_shown_as_a_button_with_its_fields(rf: RequestFactory) -> None:
    request = rf.post("/lessons/1/files/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]  # as the middleware does
    offer_undo(
        request, "已移除“<一>.png”。", action="/lessons/1/files/", fields={"restore": 7, "place": 0}, target="files"
    )
    [message] = list(request._messages)  # type: ignore[attr-defined]  # likewise
    assert undo_in(message) == Undo("/lessons/1/files/", {"restore": "7", "place": "0"}, "files")

    html = render_to_string("pages/components/messages.html", {"messages": [message]}, request)
    assert "notice-success" in html
    assert "已移除“&lt;一&gt;.png”。" in html
    for shown in ('action="/lessons/1/files/"', 'hx-target="#files"', 'name="restore" value="7"', "撤销"):
        assert shown in html


def test_other_messages_have_no_button() -> None:
    plain = Message(constants.SUCCESS, "草稿已保存。")
    assert undo_in(plain) is None
    assert "<form" not in render_to_string("pages/components/messages.html", {"messages": [plain]})
