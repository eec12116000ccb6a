"""Versions and the change log only grow; an entry stays for ever, keeps its identity and comes back only renewed."""

from django.db import migrations

APPEND_ONLY = ("catalogue_entryversion", "catalogue_change")

REFUSE = """
CREATE FUNCTION catalogue_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the catalogue only grows: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

KEEP = """
CREATE FUNCTION catalogue_keep_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.uuid <> OLD.uuid OR NEW.kind <> OLD.kind OR NEW.origin <> OLD.origin THEN
        RAISE EXCEPTION 'identifier, kind and origin of entry % are fixed', OLD.uuid
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_keeps_identity';
    END IF;
    IF NEW.version < OLD.version
       OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn' AND NEW.version = OLD.version) THEN
        RAISE EXCEPTION 'entry % can come back only with a new version', OLD.uuid
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_comes_back_renewed';
    END IF;
    RETURN NEW;
END $$
"""


def statements():
    yield migrations.RunSQL(REFUSE, "DROP FUNCTION catalogue_refuse_change()")
    yield migrations.RunSQL(KEEP, "DROP FUNCTION catalogue_keep_identity()")
    yield migrations.RunSQL(
        """
        CREATE TRIGGER catalogue_entry_identity BEFORE UPDATE ON catalogue_entry
            FOR EACH ROW EXECUTE FUNCTION catalogue_keep_identity();
        CREATE TRIGGER catalogue_entry_no_delete BEFORE DELETE ON catalogue_entry
            FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_change();
        CREATE TRIGGER catalogue_entry_no_truncate BEFORE TRUNCATE ON catalogue_entry
            FOR EACH STATEMENT EXECUTE FUNCTION catalogue_refuse_change();
        """,
        """
        DROP TRIGGER catalogue_entry_no_truncate ON catalogue_entry;
        DROP TRIGGER catalogue_entry_no_delete ON catalogue_entry;
        DROP TRIGGER catalogue_entry_identity ON catalogue_entry
        """,
    )
    for table in APPEND_ONLY:
        yield migrations.RunSQL(
            f"""
            CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_change();
            CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION catalogue_refuse_change();
            """,
            f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_no_change ON {table}",
        )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = list(statements())
