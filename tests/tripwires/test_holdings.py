"""No column that can hold a person is forgotten when somebody asks what is held about them."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from heluo.kernel.holdings.public import all_holdings, columns_not_told, columns_told
from heluo.kernel.people.models import Account, Person


def columns_of_people() -> Iterator[str]:
    """Foreign keys to a person or an account, and ids that are not a row's own."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # documented API
            points_to_one = field.is_relation and field.related_model in {Person, Account}
            other_id = isinstance(field, models.UUIDField) and not field.unique
            if points_to_one or other_id:
                yield f"{model._meta.app_label}.{model.__name__}.{field.name}"  # documented API


def test_every_column_that_can_hold_a_person_is_told_or_excused() -> None:
    forgotten = set(columns_of_people()) - columns_told() - set(columns_not_told())
    assert not forgotten, (
        "tell these in the `holdings.py` of their app (@holding), or excuse them there with a reason (not_told)"
    )


def test_no_holding_speaks_of_a_column_that_is_gone() -> None:
    assert columns_told() | set(columns_not_told()) <= set(columns_of_people())


def test_nothing_is_both_told_and_excused() -> None:
    assert not columns_told() & set(columns_not_told())
    assert all(len(reason) > 15 for reason in columns_not_told().values())


def test_every_holding_says_why_it_stays_or_how_it_goes() -> None:
    for holding in all_holdings():
        assert bool(holding.kept) != (holding.erase is not None), holding.key


def test_schooling_is_never_erased() -> None:
    kept = {holding.key for holding in all_holdings() if holding.erase is None}
    students = {holding.key for holding in all_holdings() if holding.key.startswith("students.")}
    assert students
    assert students <= kept
    assert {"people.basics", "people.classes", "people.guardians", "people.consents", "audit.deeds"} <= kept
