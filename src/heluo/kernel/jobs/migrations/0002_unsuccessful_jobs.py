"""The few jobs that ended badly are found without reading the many that ended well."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX heluo_unsuccessful_jobs ON procrastinate_jobs (status, id)"
            " WHERE status IN ('failed', 'cancelled', 'aborted')",
            "DROP INDEX heluo_unsuccessful_jobs",
        ),
    ]
