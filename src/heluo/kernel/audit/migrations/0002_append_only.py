"""The database refuses to change, remove or empty what the audit log holds."""

from django.db import migrations

TABLES = ("audit_auditrow", "audit_auditdifference", "audit_link", "audit_seal")

FUNCTION = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def statements():
    yield migrations.RunSQL(FUNCTION, "DROP FUNCTION audit_refuse_change()")
    for table in TABLES:
        yield migrations.RunSQL(
            f"""
            CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
            CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
            """,
            f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_no_change ON {table}",
        )


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = list(statements())
