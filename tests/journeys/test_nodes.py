"""A county's node asks to be let in, and an operator of the province looks at its key and decides."""

from datetime import UTC, datetime

import requests

from tests.journeys.conftest import RunningPlatform, Visit
from tests.kernel.nodes.conftest import Other, read


def ask_in(platform: RunningPlatform, other: Other) -> None:
    now = datetime.now(UTC)
    answer = _posted(platform, "join", other.card(now))
    assert read(answer)["iss"] == "heluo.localhost"


def _posted(platform: RunningPlatform, where: str, token: str) -> str:
    answer = requests.post(
        f"http://localhost:{platform.port}/nodes/{where}",
        data=token,
        headers={"Content-Type": "application/jose"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_operator_lets_one_node_in_and_turns_another_away(platform: RunningPlatform, visit: Visit) -> None:
    county, stranger = Other(domain="luoning.example"), Other(domain="stranger.example")
    for other in (county, stranger):
        ask_in(platform, other)
    operator = visit("operator1")
    operator.open("/operations/nodes/")
    page = operator.page
    page.get_by_role("link", name="洛阳市教育局").first.wait_for()
    operator.open(f"/operations/nodes/{county.domain}/")
    page.get_by_text("用电话等方式核对指纹").wait_for()
    operator.press("批准")
    page.get_by_role("dialog").get_by_role("button", name="批准").click()
    page.get_by_role("heading", name="密钥").wait_for()
    answer = read(_posted(platform, "exchange", county.envelope(now=datetime.now(UTC))))
    assert (answer["standing"], answer["ack"]) == ("active", 0)
    operator.open(f"/operations/nodes/{stranger.domain}/")
    page.get_by_label("原因").fill("电话里没有人认识这把密钥")
    operator.press("不批准")
    page.get_by_text("电话里没有人认识这把密钥").wait_for()
    answer = read(_posted(platform, "exchange", stranger.envelope(now=datetime.now(UTC))))
    assert (answer["standing"], answer["reason"]) == ("refused", "电话里没有人认识这把密钥")
    phone = visit("operator1", phone=True)
    phone.open(f"/operations/nodes/{county.domain}/")
    phone.page.get_by_role("heading", name="密钥").wait_for()
