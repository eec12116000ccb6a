"""What was withdrawn may be brought back as it was."""

import importlib

from django.db import migrations, models

VALIDITY = importlib.import_module("heluo.domains.resources.migrations.0012_validity")
AFTER = VALIDITY.AFTER.replace(VALIDITY.WAYS, f"{VALIDITY.WAYS}, ('withdrawn', 'published'), ('withdrawn', 'expired')")


class Migration(migrations.Migration):
    dependencies = [("resources", "0017_derived_from")]

    operations = [
        migrations.AlterField(
            model_name="reviewstep",
            name="step",
            field=models.CharField(
                choices=[
                    ("submitted", "提交审核"),
                    ("approved", "审核通过并发布"),
                    ("returned", "退回修改"),
                    ("taken_back", "收回提交"),
                    ("taken_over", "整批入库并发布"),
                    ("withdrawn", "下架"),
                    ("expired", "有效期已满，平台下架"),
                    ("prolonged", "延长有效期"),
                    ("restored", "恢复发布"),
                ],
                max_length=12,
            ),
        ),
        migrations.RunSQL(AFTER, VALIDITY.AFTER),
    ]
