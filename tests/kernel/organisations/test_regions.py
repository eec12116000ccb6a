"""Regions: complete, versioned, and counted in one place."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.organisations.enums import Level
from heluo.kernel.organisations.loading import load_regions, management_exceptions
from heluo.kernel.organisations.models import Region
from heluo.kernel.organisations.pinyin import pinyin_initials, pinyin_key
from heluo.kernel.organisations.public import count_divisions, region_with_code, regions_below
from tests.register import TODAY

pytestmark = pytest.mark.django_db


def test_157_counties_and_18_cities_with_jiyuan_counted_once() -> None:
    counts = count_divisions(on=TODAY)
    assert (counts.counties, counts.cities, counts.in_both) == (157, 18, 1)
    assert counts.units == 174
    jiyuan = region_with_code("419001", on=TODAY)
    assert (jiyuan.level, jiyuan.ranks_as_city) == (Level.COUNTY, True)
    assert jiyuan.parent == region_with_code("410000", on=TODAY)


def test_the_counts_stay_right_in_every_year() -> None:
    for year in range(2015, 2027):
        assert count_divisions(on=date(year, 6, 1)).counties == 157


def test_a_code_is_read_in_the_edition_of_a_day() -> None:
    assert region_with_code("410307", on=TODAY).full_name == "洛阳市偃师区"
    assert region_with_code("410381", on=date(2020, 6, 1)).name == "偃师市"
    with pytest.raises(NotFound):
        region_with_code("410381", on=TODAY)
    with pytest.raises(NotFound):
        region_with_code("410307", on=date(2020, 6, 1))


def test_what_is_not_read_in_a_text_is_marked() -> None:
    unverified = set(Region.objects.filter(is_verified=False).values_list("code", flat=True))
    assert unverified == {"410307", "410308", "410381", "410322", "410728", "410783"}
    assert not Region.objects.filter(source="").exists()


def test_statistical_areas_are_no_regions() -> None:
    assert not Region.objects.filter(code__regex=r"^\d{4}7\d$").exists()


def test_every_region_lies_in_the_one_its_code_says() -> None:
    for region in Region.objects.select_related("parent").exclude(code="410000"):
        assert region.parent is not None
        above = "410000" if region.level == Level.CITY or region.ranks_as_city else f"{region.code[:4]}00"
        assert region.parent.code == above


def test_regions_below_one_another() -> None:
    province = regions_below(None, on=TODAY).get()
    cities = list(regions_below(province, on=TODAY))
    assert len(cities) == 18
    assert sum(regions_below(city, on=TODAY).count() for city in cities) == 156


def test_loading_again_changes_nothing(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    before = sorted(Region.objects.values_list("id", "code", "name", "parent_id", "valid_from", "valid_to"))
    with django_assert_max_num_queries(5):
        load_regions()
    assert sorted(Region.objects.values_list("id", "code", "name", "parent_id", "valid_from", "valid_to")) == before


def test_ten_counties_answer_to_the_province() -> None:
    exceptions = management_exceptions()
    assert len(exceptions) == 10
    assert {exception.answers_to for exception in exceptions.values()} == {"410000"}
    assert sum("以发布文本为准" in exception.source for exception in exceptions.values()) == 5


@pytest.mark.parametrize(
    ("name", "key", "initials"),
    [
        ("洛阳市", "luoyangshi", "lys"),
        ("长垣市", "changyuanshi", "cys"),
        ("漯河市召陵区", "luoheshishaolingqu", "lhsslq"),
        ("浚县", "xunxian", "xx"),
        ("郏县", "jiaxian", "jx"),
        ("渑池县", "mianchixian", "mcx"),
        ("南乐县", "nanlexian", "nlx"),
        ("长葛市", "changgeshi", "cgs"),
    ],
)
def test_places_are_read_as_people_there_say_them(name: str, key: str, initials: str) -> None:
    assert (pinyin_key(name), pinyin_initials(name)) == (key, initials)
