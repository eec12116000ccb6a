"""The shipped code tables: complete, loaded twice without a change, honest about what nobody checked."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from heluo.kernel.codes.errors import UnknownCode
from heluo.kernel.codes.loading import load_codes, yes
from heluo.kernel.codes.models import Code, CodeSet, RuleFigure
from heluo.kernel.codes.public import code_of, code_set, code_sets, codes_of, figure, mint_identifier, names_of
from heluo.kernel.codes.tables import read_tables_anew

TODAY = date(2026, 10, 9)


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    def everything() -> list[object]:
        return [
            sorted(CodeSet.objects.values_list("id", "key", "name")),
            sorted(Code.objects.values_list("id", "value", "name", "parent_id", "is_verified")),
            sorted(RuleFigure.objects.values_list("id", "key", "value")),
        ]

    before = everything()
    load_codes()
    assert everything() == before


@pytest.mark.django_db
def test_loading_takes_a_handful_of_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(8):
        load_codes()


@pytest.mark.django_db
def test_the_tables_hold_what_the_standards_list() -> None:
    assert sum(code.is_verified for code in codes_of("ethnic-group", on=TODAY)) == 56
    assert [code.value for code in codes_of("sex", on=TODAY)] == ["0", "1", "2", "9"]
    assert code_of("school-type", "218", on=TODAY).name == "小学教学点"
    parent = code_of("school-type", "312", on=TODAY).parent
    assert parent is not None
    assert parent.value == "3"
    assert names_of("school-code-class", on=TODAY)["36"] == "中等职业学校"
    assert len(codes_of("school-code-class", on=TODAY)) == 16


@pytest.mark.django_db
def test_what_nobody_read_in_the_text_is_marked() -> None:
    assert not code_of("ethnic-group", "97", on=TODAY).is_verified
    assert code_of("ethnic-group", "01", on=TODAY).is_verified
    founder = code_sets().get(key="school-founder")
    assert (founder.is_verified, founder.unverified_count) == (False, founder.code_count)
    assert all(CodeSet.objects.values_list("source", flat=True))


@pytest.mark.django_db
def test_every_code_has_an_english_name() -> None:
    assert not Code.objects.filter(name_en="").exists()
    assert not CodeSet.objects.filter(name_en="").exists()
    subject = code_of("subject", "14", on=TODAY)
    assert str(subject) == "数学"
    with override("en"):
        assert str(subject) == "Mathematics"


@pytest.mark.django_db
def test_an_unknown_code_is_refused_by_the_name_of_its_table() -> None:
    with pytest.raises(UnknownCode, match="中小学课程"):
        code_of("subject", "00", on=TODAY)
    with pytest.raises(LookupError):
        code_set("no-such-table", on=TODAY)
    with pytest.raises(LookupError):
        figure("no-such-figure", on=TODAY)


@pytest.fixture
def lamps(db: None) -> Iterator[None]:
    """A table of two editions; put away again, for the process keeps what it read."""
    lamp = {"key": "lamp", "name": "灯", "source": "x", "is_verified": True}
    CodeSet.objects.create(**lamp, standard="GB/T 1", version="2012", valid_to=date(2021, 12, 31))
    CodeSet.objects.create(**lamp, standard="GB/T 2", version="2022", valid_from=date(2022, 1, 1))
    read_tables_anew()
    yield
    CodeSet.objects.filter(key="lamp").delete()
    read_tables_anew()


def test_an_edition_holds_in_its_period(lamps: None) -> None:
    assert code_set("lamp", on=date(2021, 6, 1)).version == "2012"
    assert code_set("lamp", on=TODAY).version == "2022"


def test_a_table_is_read_once_in_a_process(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        read_tables_anew()
    with django_assert_num_queries(0):
        codes_of("sex", on=TODAY)


@pytest.mark.django_db
def test_a_figure_holds_from_its_day() -> None:
    assert figure("consent-age", on=TODAY) == 14
    with pytest.raises(LookupError):
        figure("consent-age", on=date(2020, 1, 1))


@pytest.mark.parametrize("word", ["", "Yes", "true", "1"])
def test_a_typing_error_in_a_data_file_is_not_taken_for_no(word: str) -> None:
    with pytest.raises(KeyError):
        yes(word)


@given(st.text(max_size=20), st.text(max_size=20))
def test_an_identifier_depends_on_all_it_is_minted_from(kind: str, local: str) -> None:
    minted = mint_identifier(kind, local)
    assert minted == mint_identifier(kind, local)
    assert minted.version == 5
    assert minted != mint_identifier(kind, local + "x")


def test_an_identifier_belongs_to_its_node(settings: Settings) -> None:
    settings.NODE_DOMAIN = "edu.example"
    here = mint_identifier("person", "P1")
    settings.NODE_DOMAIN = "other.example"
    assert mint_identifier("person", "P1") != here
    assert isinstance(here, UUID)
