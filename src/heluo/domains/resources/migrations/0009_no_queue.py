from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("resources", "0008_replacement")]

    operations = [migrations.RemoveIndex(model_name="reviewstep", name="step_submissions")]
