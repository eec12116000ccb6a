from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias)


class Migration(migrations.Migration):
    """The cache that rate limits share, and counters that may be lost in a crash and need no write-ahead log."""

    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
        migrations.RunSQL('ALTER TABLE "site_cache" SET UNLOGGED', 'ALTER TABLE "site_cache" SET LOGGED'),
        migrations.RunSQL('ALTER TABLE "access_knock" SET UNLOGGED', 'ALTER TABLE "access_knock" SET LOGGED'),
    ]
