"""Every organisation gets the words it is found by, and a state that says how it is; moves of classes are kept as facts.

How an organisation was before its last change was never stored as columns, so its first state begins with that change.
"""

from django.db import migrations, models
from django.utils.timezone import now

from heluo.kernel.organisations.pinyin import words_of

COPIED = (
    "name", "name_sort", "place_sort", "words", "code", "school_type", "region_id", "parent_id", "english_name",
    "credit_code", "address", "postcode", "phone", "founded_on", "founder", "run_by", "settlement",
)  # fmt: skip
PLACES = {"bureau": "1", "school": "2", "teaching_point": "3"}
AT_ONCE = 1000
TRIGGER = """
CREATE TRIGGER organisations_classmove_no_change BEFORE UPDATE OR DELETE ON organisations_classmove
    FOR EACH ROW EXECUTE FUNCTION register_refuse_change()
"""


def describe(apps, schema_editor):
    organisations = apps.get_model("organisations", "Organisation").objects
    states = apps.get_model("organisations", "OrganisationState").objects
    changed = models.Max(
        "changes__effective_on", filter=models.Q(changes__kind__in=("renamed", "moved", "recoded", "opened"))
    )
    rows = list(organisations.select_related("region").annotate(changed_on=changed).order_by("pk"))
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        for row in batch:
            region = row.region.code if row.kind == "bureau" else ""
            row.place_sort = f"{PLACES[row.kind]}{region}{row.name_sort}"
            row.words = words_of(row.name, [number for number in (row.code, region) if number])
        organisations.bulk_update(batch, ["place_sort", "words"])
        begins = {row.pk: row.changed_on or row.opened_on for row in batch}
        states.bulk_create(
            states.model(
                organisation=row,
                valid_from=begins[row.pk],
                valid_to=row.closed_on,
                recorded_at=now(),
                **{name: getattr(row, name) for name in COPIED},
            )
            for row in batch
            if row.closed_on is None or begins[row.pk] is None or row.closed_on > begins[row.pk]
        )


class Migration(migrations.Migration):
    dependencies = [("organisations", "0004_history")]
    operations = [
        migrations.RunPython(describe, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER organisations_classmove_no_change ON organisations_classmove"),
    ]
