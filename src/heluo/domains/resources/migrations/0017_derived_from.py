"""A version keeps the work it was adapted from; the database refuses any change of it."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE FUNCTION resources_keep_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a version was adapted from never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER resources_source_immutable BEFORE UPDATE ON resources_resourceversion
    FOR EACH ROW WHEN (NEW.derived_from_id IS DISTINCT FROM OLD.derived_from_id)
    EXECUTE FUNCTION resources_keep_source();
"""
LET_GO = """
DROP TRIGGER resources_source_immutable ON resources_resourceversion;
DROP FUNCTION resources_keep_source();
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0016_collects")]

    operations = [
        migrations.AddField(
            model_name="resourceversion",
            name="derived_from",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The published version it was adapted from, for ever.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="derivatives",
                to="resources.resourceversion",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
