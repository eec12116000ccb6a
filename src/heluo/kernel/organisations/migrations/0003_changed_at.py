"""Organisations, classes and terms say when they last changed."""

import django.db.models.functions.datetime
from django.db import migrations, models

STAMPED = ("organisations_organisation", "organisations_klass", "organisations_termplan")


class Migration(migrations.Migration):

    dependencies = [
        ('clock', '0001_stamp'),
        ('organisations', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='klass',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='organisation',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='termplan',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddIndex(
            model_name='klass',
            index=models.Index(fields=['changed_at', 'id'], name='classes_by_change'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['changed_at', 'id'], name='organisations_by_change'),
        ),
        migrations.AddIndex(
            model_name='termplan',
            index=models.Index(fields=['changed_at', 'id'], name='term_plans_by_change'),
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_stamp BEFORE UPDATE ON {table} FOR EACH ROW"
                f" WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION clock_stamp()",
                f"DROP TRIGGER {table}_stamp ON {table}",
            )
            for table in STAMPED
        ),
    ]
