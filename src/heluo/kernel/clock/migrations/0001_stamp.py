"""The function behind the `_stamp` triggers: a row that really changes gets the time of its change."""

from django.db import migrations

# The time of the row, not of the statement: by then its transaction has an id, so that whoever reads "changed since"
# can see that it is still open and wait for it. Arguments of a trigger are columns that do not count.
FUNCTION = """
CREATE FUNCTION clock_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differs boolean;
BEGIN
    NEW.changed_at := OLD.changed_at;
    IF TG_NARGS = 0 THEN
        differs := NEW IS DISTINCT FROM OLD;
    ELSE
        differs := to_jsonb(NEW) - TG_ARGV IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV;
    END IF;
    IF differs THEN
        NEW.changed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION clock_stamp()")]
