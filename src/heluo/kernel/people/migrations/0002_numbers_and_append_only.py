"""The sequence of platform numbers, and two tables to which rows are only added."""

from django.db import migrations

APPEND_ONLY = ("people_consent", "people_reveal")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("organisations", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE people_platform_number AS bigint MINVALUE 1 MAXVALUE 9999999999",
            "DROP SEQUENCE people_platform_number",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION register_refuse_change()",
                f"DROP TRIGGER {table}_no_change ON {table}",
            )
            for table in APPEND_ONLY
        ),
    ]
