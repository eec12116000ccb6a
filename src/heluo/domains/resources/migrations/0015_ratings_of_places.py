from django.db import migrations, models

SUMMED_UP_ANEW = "DELETE FROM resources_placeuse"
"""What is summed up can be summed up again, now with the ratings of the same days."""


class Migration(migrations.Migration):
    dependencies = [("resources", "0014_first_links")]

    operations = [
        migrations.RunSQL(SUMMED_UP_ANEW, migrations.RunSQL.noop),
        *(
            migrations.AddField(
                model_name="placeuse", name=name, field=models.PositiveIntegerField(default=0)
            )
            for name in ("ratings", "told", "stars")
        ),
    ]
