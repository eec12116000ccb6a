import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("resources", "0007_textbook_places")]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Where the page of a withdrawn resource leads on.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="resources.resource",
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "withdrawn"), ("replaced_by", None), _connector="OR"),
                name="withdrawn_ones_are_replaced",
            ),
        ),
    ]
