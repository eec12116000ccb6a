from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("process", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="workitem",
            name="apart_from",
            field=models.UUIDField(help_text="Never asked of this person, whatever they hold.", null=True),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["by_person", "at"], name="steps_by_whom"),
        ),
    ]
