"""What was reached in a finished attempt stays as it was. The database itself refuses anything else."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION packages_keep_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a finished attempt never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER packages_attempt_immutable BEFORE UPDATE ON packages_finishedattempt
    FOR EACH ROW EXECUTE FUNCTION packages_keep_attempt();
"""
UNPROTECT = """
DROP TRIGGER packages_attempt_immutable ON packages_finishedattempt;
DROP FUNCTION packages_keep_attempt();
"""


class Migration(migrations.Migration):
    dependencies = [("packages", "0001_initial")]
    operations = [migrations.RunSQL(PROTECT, UNPROTECT)]
