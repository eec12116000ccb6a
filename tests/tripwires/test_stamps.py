"""Every table that promises to say when a row last changed has the trigger that writes it."""

import pytest
from django.apps import apps
from django.db import connection

from heluo.kernel.clock.models import Stamped


@pytest.mark.django_db
def test_every_stamped_table_has_its_trigger() -> None:
    stamped = {model._meta.db_table for model in apps.get_models() if issubclass(model, Stamped)}
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\_stamp'")
        guarded = {table for (table,) in cursor.fetchall()}
    assert stamped
    assert stamped == guarded
