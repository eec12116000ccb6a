"""Who looked stays as it was written: the database refuses anything else."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION holdings_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'looks are append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
TRIGGER = """
CREATE TRIGGER holdings_look_no_change BEFORE UPDATE OR DELETE ON holdings_look
    FOR EACH ROW EXECUTE FUNCTION holdings_refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("holdings", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION holdings_refuse_change()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER holdings_look_no_change ON holdings_look"),
    ]
