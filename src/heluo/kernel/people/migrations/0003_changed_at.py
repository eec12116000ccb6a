"""People, and what they are and where, say when they last changed."""

import django.db.models.functions.datetime
from django.db import migrations, models

STAMPED = ("people_person", "people_post", "people_classmembership", "people_teaching", "people_guardianship")
# To sign in, or to get a new password, changes nothing that others are told of an account.
ACCOUNT = "people_account", "'password', 'last_login', 'must_change_password'"


class Migration(migrations.Migration):

    dependencies = [
        ('clock', '0001_stamp'),
        ('organisations', '0003_changed_at'),
        ('people', '0002_numbers_and_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='classmembership',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='guardianship',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='person',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='post',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='teaching',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['changed_at', 'id'], name='accounts_by_change'),
        ),
        migrations.AddIndex(
            model_name='classmembership',
            index=models.Index(fields=['changed_at', 'id'], name='memberships_by_change'),
        ),
        migrations.AddIndex(
            model_name='classmembership',
            index=models.Index(condition=models.Q(('ends_on__isnull', False)), fields=['ends_on', 'id'], name='memberships_by_end'),
        ),
        migrations.AddIndex(
            model_name='guardianship',
            index=models.Index(fields=['changed_at', 'id'], name='guardianships_by_change'),
        ),
        migrations.AddIndex(
            model_name='guardianship',
            index=models.Index(condition=models.Q(('ends_on__isnull', False)), fields=['ends_on', 'id'], name='guardianships_by_end'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['changed_at', 'id'], name='people_by_change'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['changed_at', 'id'], name='posts_by_change'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(condition=models.Q(('ends_on__isnull', False)), fields=['ends_on', 'id'], name='posts_by_end'),
        ),
        migrations.AddIndex(
            model_name='teaching',
            index=models.Index(fields=['changed_at', 'id'], name='teachings_by_change'),
        ),
        migrations.AddIndex(
            model_name='teaching',
            index=models.Index(condition=models.Q(('ends_on__isnull', False)), fields=['ends_on', 'id'], name='teachings_by_end'),
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_stamp BEFORE UPDATE ON {table} FOR EACH ROW"
                f" WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION clock_stamp({aside})",
                f"DROP TRIGGER {table}_stamp ON {table}",
            )
            for table, aside in [*((table, "") for table in STAMPED), ACCOUNT]
        ),
    ]
