"""What authors see of their works, on one page; officers, of those of their tree; nobody else's."""

from datetime import date

from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from heluo.domains.resources.models import Resource
from heluo.domains.rights.actions import take_down
from heluo.domains.rights.models import UsageElsewhere
from heluo.domains.rights.public import note_purchase
from heluo.domains.rights.queries import months_of, own_work, reports_of, works_of
from heluo.engines.catalogue.models import Entry
from heluo.kernel.feedback.models import UseCount
from tests.domains.resources.conftest import browser_of
from tests.domains.rights.conftest import House
from tests.domains.rights.test_takedowns import a_copy
from tests.factories import NOON, a_published_resource, a_teacher

DAY = date(2026, 9, 9)


def used(entry: Entry) -> None:
    for use, count in (("view", 5), ("download", 2), ("collect", 1)):
        UseCount.objects.create(kind="resource", subject=entry.uuid, use=use, day=DAY, count=count)
    for node, views in (("luoyang.example", 7), ("xinan.example", 1)):
        UsageElsewhere.objects.create(
            entry=entry.uuid, node=node, day=DAY, views=views, downloads=3, adoptions=0, said_at=NOON
        )


def test_the_sums_of_a_work(house: House, entry: Entry) -> None:
    used(entry)
    note_purchase(by=house.officer, entry=entry.uuid, number="A-1", fen=1205, now=NOON)
    take_down(by=house.officer, entry=entry, reason="抄袭", now=NOON)

    [one] = reports_of([entry])

    assert (one.views, one.downloads, one.adoptions) == (5, 2, 1)
    assert (one.views_elsewhere, one.downloads_elsewhere) == (8, 6)
    assert one.nodes == [("luoyang.example", DAY), ("xinan.example", DAY)]
    assert one.yuan == "12.05"
    assert one.is_taken_down


def test_months_hold_here_and_elsewhere_apart(entry: Entry) -> None:
    used(entry)
    months = months_of([entry.uuid], until=date(2026, 11, 28))

    assert [month.month for month in months] == [
        *(date(2025, 12, 1),),
        *(date(2026, month, 1) for month in range(1, 12)),
    ]
    september = months[9]
    assert (september.views, september.views_elsewhere) == (5, 8)
    assert sum(month.views for month in months) == 5


def test_works_are_ones_own_or_those_of_ones_tree(house: House, entry: Entry) -> None:
    a_copy(house, "luoyang.example")
    colleague = a_teacher(house.school).actor
    assert [one.uuid for one in works_of(house.teacher)] == [entry.uuid]
    assert [one.uuid for one in works_of(house.officer)] == [entry.uuid]
    assert not works_of(colleague)
    assert own_work(house.teacher, entry.uuid) == entry
    page = browser_of(colleague).get(reverse("rights:work", args=[entry.uuid]))
    assert page.status_code == 404


def test_the_page_says_it_and_the_file_too(house: House, entry: Entry) -> None:
    used(entry)
    browser = browser_of(house.teacher)

    page = browser.get(reverse("rights:report")).content.decode()
    work = browser.get(reverse("rights:work", args=[entry.uuid])).content.decode()
    file = browser.post(reverse("rights:report"), {"export": "csv"})

    assert entry.title in page
    assert "luoyang.example" in work
    assert "2026-09" in work
    assert b"5,2,8,6,1,2,0,0.00" in file.getvalue()
    assert browser_of(house.stranger).get(reverse("rights:work", args=[entry.uuid])).status_code in {403, 404}


def test_more_works_cost_no_more(
    house: House, resource: Resource, entry: Entry, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _turn in range(3):
        a_published_resource(house.teacher, house.school, house.reviewer)
    works = list(works_of(house.teacher))
    assert len(works) == 4
    with django_assert_max_num_queries(4):
        reports_of(works)
