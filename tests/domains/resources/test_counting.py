"""How often resources are used: counted by day, summed up along the tree, seen by authors and officers."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.collections.actions import collect, start_collection
from heluo.domains.resources.actions import sum_up_uses
from heluo.domains.resources.models import PlaceUse, Resource
from heluo.domains.resources.queries import KIND, uses_below, uses_of_works
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.feedback.models import UseCount
from heluo.kernel.feedback.public import UseKind, note_use, rate, roll_up_uses
from heluo.kernel.organisations.models import Organisation
from tests.domains.resources.conftest import House, browser_of
from tests.factories import OTHER_COUNTY, a_bureau, a_person, a_published_resource, a_school, a_teacher

pytestmark = pytest.mark.django_db
OWN, PLACE = "/workbench/resources/mine/uses/", "/workbench/resources/uses/"


def used(resource: Resource, *, views: int = 0, downloads: int = 0, days_ago: int = 0) -> None:
    """So many visitors on a day, counted."""
    at = now() - timedelta(days=days_ago)
    for use, times in ((UseKind.VIEW, views), (UseKind.DOWNLOAD, downloads)):
        for visitor in range(times):
            note_use(by=PUBLIC_ACTOR, kind=KIND, subject=resource.uuid, use=use, visitor=str(visitor), now=at)
    roll_up_uses(now=at)


def rated(resource: Resource, *stars: int, days_ago: int = 0) -> None:
    """These stars on a day, each by somebody else."""
    school = a_school()
    for given in stars:
        somebody = a_teacher(school).actor
        rate(by=somebody, kind=KIND, subject=resource.uuid, stars=given, now=now() - timedelta(days=days_ago))


def sums(organisation: Organisation) -> list[tuple[int, int]]:
    return list(PlaceUse.objects.filter(organisation=organisation).order_by("day").values_list("views", "downloads"))


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def test_being_collected_is_a_use(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    colleague = a_teacher(house.school).actor
    collection = start_collection(by=colleague, title="分数单元", description="", now=now())
    collect(by=colleague, collection=collection, entry=mine.uuid, now=now())
    roll_up_uses(now=now())
    sum_up_uses()
    assert PlaceUse.objects.get(organisation=house.school).collects == 1
    shown = browser_of(house.teacher).get(OWN).content.decode()
    assert "收入资源集" in shown


def test_uses_are_summed_up_from_the_school_to_the_province(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    elsewhere = a_school("另一所")
    other = a_published_resource(a_teacher(elsewhere).actor, elsewhere, house.reviewer)
    used(mine, views=3, downloads=1)
    used(other, views=2)
    sum_up_uses()
    assert sums(house.school) == [(3, 1)]
    assert sums(elsewhere) == [(2, 0)]
    county = a_bureau()
    assert sums(county) == [(5, 1)]
    root = Organisation.objects.get(path=county.path.split(".")[0] + ".")
    assert sums(root) == [(5, 1)]
    assert sums(a_bureau(OTHER_COUNTY)) == []


def test_summing_up_again_counts_nothing_twice_and_takes_in_what_came_since(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    used(mine, views=1, days_ago=40)
    used(mine, views=2)
    assert sum_up_uses() > 0
    assert sum_up_uses() == 0
    used(mine, views=4)
    sum_up_uses()
    assert sums(house.school) == [(1, 0), (4, 0)]


def test_every_day_of_a_period_is_told_and_long_ones_by_week(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    used(mine, views=2, downloads=1, days_ago=3)
    today = local_day(now())
    month = uses_of_works([mine.uuid], since=today - timedelta(days=29), until=today)
    assert (len(month.days), month.views, month.downloads, month.is_by_week) == (30, 2, 1, False)
    assert [day.day for day in month.days if day.views] == [today - timedelta(days=3)]
    year = uses_of_works([mine.uuid], since=today - timedelta(days=364), until=today)
    assert (len(year.points), sum(point.views for point in year.points), year.is_by_week) == (53, 2, True)
    assert year.days[0].day == today - timedelta(days=364)


def test_an_author_sees_all_of_it_or_one_and_takes_it_away(house: House) -> None:
    one, other = (
        a_published_resource(house.teacher, house.school, house.reviewer, title=title) for title in ("甲课", "乙课")
    )
    used(one, views=3)
    used(other, views=2, downloads=2)
    author = browser_of(house.teacher)
    page = text(author, OWN)
    assert "甲课" in page
    assert '<div class="figure-number">5' in page
    assert '<div class="figure-number">3' in text(author, f"{OWN}?resource={one.uuid}")
    file = author.post(f"{OWN}?resource={other.uuid}", {"export": "csv"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "日期,资源,使用,次数,平均评分"
    assert {tuple(line.split(",")[1:]) for line in lines[1:]} == {
        ("乙课", "浏览", "2", ""),
        ("乙课", "下载", "2", ""),
    }
    text(author, f"{OWN}?days=nonsense")


def test_what_others_published_is_not_there(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    for address in (f"{OWN}?resource={mine.uuid}", f"{OWN}?resource=nonsense"):
        text(browser_of(house.stranger), address, 404)
    assert browser_of(house.stranger).post(f"{OWN}?resource={mine.uuid}", {"export": "csv"}).status_code == 404


def test_an_officer_goes_down_the_tree_and_no_further_than_their_own(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    used(mine, views=2, days_ago=1)
    used(mine, views=3, downloads=1)
    sum_up_uses()
    counting = a_person(Role.COUNTY_OFFICER, a_bureau()).actor
    [branch] = uses_below(counting, a_bureau(), since=local_day(now()) - timedelta(days=6))
    assert (branch.organisation, branch.views, branch.downloads, branch.finishes) == (house.school, 5, 1, 0)
    officer = browser_of(counting)
    page = text(officer, PLACE)
    assert house.school.name in page
    below = f"{PLACE}?below={house.school.uuid}&days=90"
    assert house.school.name in text(officer, below)
    file = officer.post(below, {"export": "csv"})
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[2].split(",")[1:] == [
        "3",
        "1",
        "0",
        "0",
        "0",
        "",
    ]
    stranger = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY)).actor)
    assert "还没有人使用" in text(stranger, PLACE)
    text(stranger, below, 404)
    assert stranger.post(below, {"export": "csv"}).status_code == 404
    text(browser_of(house.teacher), PLACE, 403)


def test_ratings_stand_beside_uses_and_means_of_few_people_nowhere(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer, title="甲课")
    rated(mine, 5, 4, 4, days_ago=2)
    rated(mine, 1, 2)
    sum_up_uses()
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor)
    today = local_day(now())
    for told in (
        browser_of(house.teacher).get("/api/v1/resources/mine/uses").json(),
        officer.get("/api/v1/resources/uses").json(),
    ):
        assert (told["ratings"], told["rating"]) == (5, 4.3), "days whose mean is hidden are in no other mean"
        assert [(day["day"], day["ratings"], day["rating"]) for day in told["days"]] == [
            ((today - timedelta(days=2)).isoformat(), 3, 4.3),
            (today.isoformat(), 2, None),
        ]
    assert [(row["ratings"], row["rating"]) for row in told["below"]] == [(5, 4.3)]
    for browser, address in ((browser_of(house.teacher), OWN), (officer, PLACE)):
        page = text(browser, address)
        assert "平均评分" in page
        assert "4.3" in page
        year = text(browser, f"{address}?days=365")
        assert "4.3" in year
    lines = b"".join(officer.post(PLACE, {"export": "csv"}).streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[5:] for line in lines[1:]] == [["3", "4.3"], ["2", ""]]
    lines = (
        b"".join(browser_of(house.teacher).post(OWN, {"export": "csv"}).streaming_content)
        .decode("utf-8-sig")
        .splitlines()
    )
    assert [line.split(",")[1:] for line in lines[1:]] == [
        ["甲课", "评分次数", "3", "4.3"],
        ["甲课", "评分次数", "2", ""],
    ]


def test_one_person_who_rates_three_works_is_one_person(house: House) -> None:
    works = [a_published_resource(house.teacher, house.school, house.reviewer) for _ in range(3)]
    for work in works:
        rate(by=house.stranger, kind=KIND, subject=work.uuid, stars=5, now=now())
    sum_up_uses()
    today = local_day(now())
    own = uses_of_works([work.uuid for work in works], since=today, until=today)
    assert (own.ratings, own.mean) == (3, None)
    [row] = PlaceUse.objects.filter(organisation=house.school)
    assert (row.ratings, row.told, row.stars) == (3, 0, 0)


def test_who_thinks_otherwise_on_the_same_day_counts_once_as_they_thought_last(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    rated(mine, 5, 5)
    for stars in (1, 2):
        rate(by=house.stranger, kind=KIND, subject=mine.uuid, stars=stars, now=now())
    sum_up_uses()
    today = local_day(now())
    own = uses_of_works([mine.uuid], since=today, until=today)
    assert (own.ratings, own.mean) == (3, 4.0)
    [row] = PlaceUse.objects.filter(organisation=house.school)
    assert (row.ratings, row.told, row.stars) == (3, 3, 12)


def test_programs_read_the_same(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    used(mine, views=3, downloads=1)
    sum_up_uses()
    own = browser_of(house.teacher).get("/api/v1/resources/mine/uses", {"resource": str(mine.uuid)}).json()
    day = {
        "day": local_day(now()).isoformat(),
        "views": 3,
        "downloads": 1,
        "finishes": 0,
        "collects": 0,
        "ratings": 0,
        "rating": None,
    }
    assert (own["views"], own["days"]) == (3, [day])
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor)
    place = officer.get("/api/v1/resources/uses").json()
    assert (place["views"], [row["name"] for row in place["below"]]) == (3, [house.school.name])
    stranger = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY)).actor)
    there = {"organisation": str(house.school.uuid)}
    assert stranger.get("/api/v1/resources/uses", there).status_code == 404
    asked = {"resource": str(mine.uuid)}
    assert browser_of(house.stranger).get("/api/v1/resources/mine/uses", asked).status_code == 404
    assert officer.get("/api/v1/resources/uses", {"days": 0}).status_code == 422


def test_pages_cost_the_same_for_one_and_for_three(house: House) -> None:
    def statements(browser: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            text(browser, url)
        return len(captured)

    def another() -> None:
        school = a_school()
        used(a_published_resource(house.teacher, house.school, house.reviewer), views=1)
        used(a_published_resource(a_teacher(school).actor, school, house.reviewer), views=1)
        sum_up_uses()

    another()
    pages = ((browser_of(house.teacher), OWN), (browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor), PLACE))
    for browser, url in pages:
        text(browser, url)
    before = [statements(browser, url) for browser, url in pages]
    another()
    another()
    assert [statements(browser, url) for browser, url in pages] == before


def test_a_day_never_counted_is_no_day(house: House) -> None:
    mine = a_published_resource(house.teacher, house.school, house.reviewer)
    UseCount.objects.create(kind="other", subject=mine.uuid, use=UseKind.VIEW, day=date(2026, 9, 1), count=9)
    assert sum_up_uses() == 0
    assert reverse("resources:uses") == PLACE
