"""What was published stays as it was; the trail only grows. The database itself refuses anything else."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION resources_keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state')
            OR (OLD.state, NEW.state) NOT IN (('published', 'published'), ('published', 'withdrawn'), ('withdrawn', 'withdrawn'))
        THEN
            RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER resources_version_immutable BEFORE UPDATE OR DELETE ON resources_resourceversion
    FOR EACH ROW EXECUTE FUNCTION resources_keep_published_version();

CREATE FUNCTION resources_keep_published_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM resources_resourceversion
        WHERE id IN (NEW.version_id, OLD.version_id) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the files of a published version never change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER resources_attachment_immutable BEFORE INSERT OR UPDATE OR DELETE ON resources_attachment
    FOR EACH ROW EXECUTE FUNCTION resources_keep_published_files();

CREATE FUNCTION resources_keep_trail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail of a version only grows' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER resources_trail_append_only BEFORE UPDATE OR DELETE ON resources_reviewstep
    FOR EACH ROW EXECUTE FUNCTION resources_keep_trail();
"""

UNPROTECT = """
DROP TRIGGER resources_version_immutable ON resources_resourceversion;
DROP TRIGGER resources_attachment_immutable ON resources_attachment;
DROP TRIGGER resources_trail_append_only ON resources_reviewstep;
DROP FUNCTION resources_keep_published_version();
DROP FUNCTION resources_keep_published_files();
DROP FUNCTION resources_keep_trail();
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0001_initial")]
    operations = [migrations.RunSQL(PROTECT, UNPROTECT)]
