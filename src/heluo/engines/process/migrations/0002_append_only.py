"""The trail of a process only grows, and a version never changes: the database itself refuses anything else."""

from django.db import migrations

TRAIL = (
    "CREATE TRIGGER process_step_no_change BEFORE UPDATE OR DELETE ON process_step"
    " FOR EACH ROW EXECUTE FUNCTION register_refuse_change()"
)
VERSIONS = """
CREATE FUNCTION process_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'is_current' IS DISTINCT FROM to_jsonb(OLD) - 'is_current' THEN
        RAISE EXCEPTION 'a version of a process never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER process_version_immutable BEFORE UPDATE OR DELETE ON process_definition
    FOR EACH ROW EXECUTE FUNCTION process_keep_version();
"""


class Migration(migrations.Migration):
    dependencies = [("process", "0001_initial"), ("organisations", "0002_append_only")]
    operations = [
        migrations.RunSQL(TRAIL, "DROP TRIGGER process_step_no_change ON process_step"),
        migrations.RunSQL(
            VERSIONS,
            "DROP TRIGGER process_version_immutable ON process_definition; DROP FUNCTION process_keep_version()",
        ),
    ]
