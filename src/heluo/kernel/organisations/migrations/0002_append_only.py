"""Facts about organisations are added, never changed: the database refuses anything else."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION register_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
TRIGGER = """
CREATE TRIGGER organisations_organisationchange_no_change BEFORE UPDATE OR DELETE ON organisations_organisationchange
    FOR EACH ROW EXECUTE FUNCTION register_refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION register_refuse_change()"),
        migrations.RunSQL(
            TRIGGER, "DROP TRIGGER organisations_organisationchange_no_change ON organisations_organisationchange"
        ),
    ]
