"""The ledger of rights only grows: the database refuses anything else."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION rights_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger of rights only grows: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER rights_rightsevent_no_change BEFORE UPDATE OR DELETE ON rights_rightsevent
    FOR EACH ROW EXECUTE FUNCTION rights_refuse_change();
CREATE TRIGGER rights_rightsevent_no_truncate BEFORE TRUNCATE ON rights_rightsevent
    FOR EACH STATEMENT EXECUTE FUNCTION rights_refuse_change();
"""
BACK = """
DROP TRIGGER rights_rightsevent_no_truncate ON rights_rightsevent;
DROP TRIGGER rights_rightsevent_no_change ON rights_rightsevent;
DROP FUNCTION rights_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, BACK)]
