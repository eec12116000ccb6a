"""Links of published resources: found in what is said, looked at from time to time, told when they lead nowhere."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from heluo.domains.resources import jobs
from heluo.domains.resources.actions import (
    note_looks,
    prolong_resource,
    take_down_what_is_over,
    take_up_links,
    withdraw_resource,
)
from heluo.domains.resources.actions.links import CHECK_TASK, EACH, look_at_links, trouble_with
from heluo.domains.resources.enums import LinkTrouble, NoticeKind
from heluo.domains.resources.models import Link, Resource, ResourceVersion
from heluo.domains.resources.queries import links_in
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day
from heluo.kernel.jobs.public import is_under_way
from heluo.kernel.notices.models import Notice
from tests.domains.resources.conftest import House, browser_of
from tests.factories import (
    NOON,
    OTHER_COUNTY,
    a_bureau,
    a_file,
    a_person,
    a_published_resource,
    a_school,
    a_teacher,
)
from tests.kernel.files.packages import cartridge
from tests.kernel.outward.server import Site, served

pytestmark = pytest.mark.django_db
LIST = "/workbench/resources/links/"
DAY = timedelta(days=1)
PAGE = "https://example.org/page"


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    settings.OUTWARD_NETWORKS = [ip_network("127.0.0.1/32")]
    with served() as site:
        yield site


def linking(house: House, *addresses: str, **changes: object) -> Resource:
    said = "参见 " + " ".join(addresses)
    return a_published_resource(house.teacher, house.school, house.reviewer, description=said, **changes)


def fails(address: str = PAGE, *, days: int = 3, trouble: str = LinkTrouble.GONE) -> None:
    """So many days on which a look fails, one after the other."""
    for day in range(days):
        note_looks(found={address: trouble}, now=NOON + day * DAY)


# -- which there are --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("没有网址", []),
        ("见https://a.example/课件，第二页", ["https://a.example/课件"]),
        ("（HTTP://A.example/b?c=1&d=2）。", ["HTTP://A.example/b?c=1&d=2"]),
        ("See https://a.example/b.", ["https://a.example/b"]),
        ("(https://a.example/b)", ["https://a.example/b"]),
        ("https://a.example/b_(c)", ["https://a.example/b_(c)"]),
        ("https://a.example/ https://a.example/", ["https://a.example/"]),
        ("https:// ftp://a.example http://[::1", []),
        ("https://a.example/" + "b" * 500, []),
    ],
)
def test_addresses_are_told_from_the_words_around_them(text: str, found: list[str]) -> None:
    assert links_in(ResourceVersion(description=text), []) == found


def test_publishing_notes_them_with_the_links_of_a_cartridge(house: House) -> None:
    file = a_file(house.teacher, name="课.imscc", content=cartridge("https://cartridge.example/"))
    draft_links = {"third_party_statement": "出处：https://source.example/x", "has_third_party": True}
    a_published_resource(
        house.teacher, house.school, house.reviewer, files=[file], description=f"见 {PAGE}", **draft_links
    )
    assert set(Link.objects.values_list("address", "host")) == {
        (PAGE, "example.org"),
        ("https://source.example/x", "source.example"),
        ("https://cartridge.example/", "cartridge.example"),
    }


# -- looking ----------------------------------------------------------------------------------------------------------


def test_what_a_site_answers_is_judged_as_a_person_would(site: Site) -> None:
    site.answers = {
        "/fine": (200, {}),
        "/failing": (500, {}),
        "HEAD /no-head": (405, {}),
        "GET /no-head": (200, {}),
        "/sign-in": (403, {}),
        "/moved": (301, {"Location": "/fine"}),
        "/loop": (302, {"Location": "/loop"}),
        "/inside": (302, {"Location": "http://10.0.0.1/"}),
        "/odd": (400, {}),
    }
    judged = {path: trouble_with(site.at(path)) for path in ("/gone", *(one for one in site.answers if one[0] == "/"))}
    assert judged == {
        "/fine": "",
        "/gone": LinkTrouble.GONE,
        "/failing": LinkTrouble.FAILING,
        "/sign-in": "",
        "/moved": "",
        "/loop": LinkTrouble.TOO_MANY_REDIRECTS,
        "/inside": LinkTrouble.FORBIDDEN,
        "/odd": LinkTrouble.REFUSED,
    }
    assert trouble_with(site.at("/no-head")) == ""
    assert trouble_with("http://nobody.invalid/") == LinkTrouble.UNKNOWN_HOST


def test_a_round_looks_at_few_pages_of_a_host_and_nobody_else_takes_them_up(house: House) -> None:
    linking(house, *(f"{PAGE}/{number}" for number in range(EACH + 2)), "https://other.example/")
    first = take_up_links(now=NOON)
    assert {host: len(some) for host, some in first.items()} == {"example.org": EACH, "other.example": 1}
    second = take_up_links(now=NOON)
    assert {host: len(some) for host, some in second.items()} == {"example.org": 2}
    assert take_up_links(now=NOON) == {}
    later = take_up_links(now=NOON + timedelta(hours=2))
    assert len(later["example.org"]) == EACH, "a round that died comes again"


def test_the_same_address_in_two_resources_is_asked_once(house: House, site: Site) -> None:
    site.answers["/a"] = (200, {})
    for _ in range(2):
        linking(house, site.at("/a"))
    found = look_at_links(take_up_links(now=NOON))
    note_looks(found=found, now=NOON)
    assert site.asked == ["HEAD /a"]
    assert set(Link.objects.values_list("checked_at", "trouble")) == {(NOON, "")}


def test_what_is_whole_is_looked_at_in_about_a_week_and_what_fails_on_the_next_day(house: House) -> None:
    linking(house, PAGE, "https://other.example/")
    note_looks(found={PAGE: "", "https://other.example/": LinkTrouble.GONE}, now=NOON)
    whole, failing = Link.objects.order_by("pk")
    assert whole.due_at is not None
    assert NOON + 6 * DAY <= whole.due_at <= NOON + 7 * DAY
    assert failing.due_at == NOON + DAY


def test_what_is_withdrawn_is_not_looked_at_and_what_comes_back_is(house: House) -> None:
    ends = local_day(NOON)
    kept = linking(house, PAGE, valid_until=ends)
    gone = linking(house, "https://gone.example/")
    withdraw_resource(by=house.teacher, resource=gone, reason="过时", now=NOON)
    take_down_what_is_over(now=NOON + DAY)
    assert take_up_links(now=NOON + DAY) == {}
    prolong_resource(by=house.teacher, resource=kept, until=ends + 30 * DAY, reason="续签", now=NOON + DAY)
    assert take_up_links(now=NOON + DAY) == {"example.org": [PAGE]}


@pytest.mark.parametrize("is_on", [False, True])
def test_the_platform_goes_out_only_where_it_is_told_to(
    house: House, site: Site, settings: Settings, is_on: bool
) -> None:
    settings.LINK_CHECK = is_on
    linking(house, site.at("/gone"))
    jobs.look_at_some_links()
    assert is_under_way(CHECK_TASK) == is_on
    if is_on:
        jobs.check_links()
        assert Link.objects.get().trouble == LinkTrouble.GONE


# -- broken and whole again -------------------------------------------------------------------------------------------


def test_three_days_make_it_broken_and_the_author_is_told_once(house: House) -> None:
    linking(house, PAGE)
    fails(days=2)
    note_looks(found={PAGE: LinkTrouble.GONE}, now=NOON + DAY)
    assert Link.objects.get().broken_at is None, "twice on one day is one day"
    note_looks(found={PAGE: LinkTrouble.GONE}, now=NOON + 2 * DAY)
    note_looks(found={PAGE: LinkTrouble.GONE}, now=NOON + 9 * DAY)
    assert Link.objects.get().broken_at == NOON + 2 * DAY
    [notice] = Notice.objects.filter(kind=NoticeKind.LINKS)
    assert (notice.person, notice.parameters["address"]) == (house.teacher.person_id, PAGE)


def test_an_answer_between_begins_anew_and_an_answer_after_heals(house: House) -> None:
    linking(house, PAGE)
    fails(days=2)
    note_looks(found={PAGE: ""}, now=NOON + 2 * DAY)
    note_looks(found={PAGE: LinkTrouble.GONE}, now=NOON + 3 * DAY)
    assert Link.objects.get().failures == 1
    fails()
    note_looks(found={PAGE: ""}, now=NOON + 9 * DAY)
    link = Link.objects.get()
    assert (link.broken_at, link.failures, link.trouble) == (None, 0, "")


def test_statements_do_not_grow_with_the_links(house: House) -> None:
    def cost(count: int) -> int:
        addresses = [f"{PAGE}/{count}/{number}" for number in range(count)]
        linking(house, *addresses)
        with CaptureQueriesContext(connection) as seen:
            note_looks(found=dict.fromkeys(addresses, LinkTrouble.GONE), now=NOON)
        return len(seen)

    assert cost(1) == cost(6)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_author_sees_it_on_their_resource_and_nobody_else_does(client: Client, house: House) -> None:
    resource = linking(house, PAGE)
    fails()
    address = reverse("resources:detail", args=[resource.uuid])
    author = browser_of(house.teacher)
    for page in (author.get(address), author.get(reverse("resources:trail", args=[resource.uuid]))):
        assert "有链接打不开了" in page.text
        assert "网页已经不在" in page.text
    for other in (client, browser_of(house.stranger), browser_of(house.reviewer)):
        assert "有链接打不开了" not in other.get(address).text


def test_reviewers_and_officers_see_those_of_their_tree(house: House) -> None:
    mine = linking(house, PAGE, title="甲课")
    elsewhere = a_school("远处小学", region=OTHER_COUNTY)
    far = a_teacher(elsewhere).actor
    reviewer = a_person(Role.RESOURCE_REVIEWER, a_bureau(OTHER_COUNTY)).actor
    a_published_resource(far, elsewhere, reviewer, description=f"见 {PAGE}", title="乙课")
    fails()
    officer = a_person(Role.COUNTY_OFFICER, a_bureau()).actor
    for near in (house.reviewer, officer):
        page = browser_of(near).get(LIST).text
        assert ("甲课" in page, "乙课" in page, PAGE in page) == (True, False, True)
    assert "乙课" in browser_of(reviewer).get(LIST).text
    below = f"{LIST}?below={house.school.uuid}"
    assert "甲课" in browser_of(officer).get(below).text
    assert browser_of(reviewer).get(below).status_code == 404
    assert browser_of(officer).get(f"{LIST}?below=nonsense").status_code == 404
    assert browser_of(house.teacher).get(LIST).status_code == 403
    withdraw_resource(by=house.teacher, resource=mine, reason="过时", now=NOON)
    assert "没有失效的链接" in browser_of(officer).get(LIST).text


def test_the_list_says_where_nothing_is_looked_at(house: House, settings: Settings) -> None:
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor)
    assert "没有开启链接检查" in officer.get(LIST).text
    settings.LINK_CHECK = True
    assert "没有开启链接检查" not in officer.get(LIST).text


def test_programs_read_the_same_page_by_page(house: House) -> None:
    linking(house, *(f"{PAGE}/{number}" for number in range(25)))
    for number in range(25):
        fails(f"{PAGE}/{number}")
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor)
    api = "/api/v1/resources/broken-links"
    first = officer.get(api).json()
    rest = officer.get(api, {"cursor": first["next"]}).json()
    assert (len(first["items"]), rest["next"]) == (20, None)
    assert len({one["address"] for one in first["items"] + rest["items"]}) == 25
    assert officer.get(api, {"organisation": str(house.school.uuid)}).json()["items"]
    other = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY)).actor)
    assert other.get(api).json()["items"] == []
    assert other.get(api, {"organisation": str(house.school.uuid)}).status_code == 404
    assert browser_of(house.teacher).get(api).status_code == 403


def test_the_list_costs_the_same_for_one_and_for_six(house: House) -> None:
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor)

    def cost() -> int:
        officer.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            assert officer.get(LIST).status_code == 200
        return len(seen)

    linking(house, f"{PAGE}/0")
    fails(f"{PAGE}/0")
    one = cost()
    for number in range(1, 6):
        linking(house, f"{PAGE}/{number}")
        fails(f"{PAGE}/{number}")
    assert cost() == one
