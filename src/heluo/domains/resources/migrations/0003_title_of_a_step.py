"""A step keeps the title that the version had then."""

from django.db import migrations, models

FILL = """
ALTER TABLE resources_reviewstep DISABLE TRIGGER resources_trail_append_only;
UPDATE resources_reviewstep AS step SET title = version.title
  FROM resources_resourceversion AS version WHERE version.id = step.version_id;
ALTER TABLE resources_reviewstep ENABLE TRIGGER resources_trail_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0002_immutable")]
    operations = [
        migrations.AddField(
            model_name="reviewstep",
            name="title",
            field=models.CharField(blank=True, help_text="The version's title at that moment.", max_length=100),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
