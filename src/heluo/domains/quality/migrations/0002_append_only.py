"""Settings of rules and notes of tickets are added, never changed: the database refuses anything else."""

from django.db import migrations

TABLES = ("quality_rulesetting", "quality_ticketnote")


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("organisations", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION register_refuse_change()",
            f"DROP TRIGGER {table}_no_change ON {table}",
        )
        for table in TABLES
    ]
