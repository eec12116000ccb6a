from django.db import migrations, models
from django.db.migrations.state import StateApps

OFFICE_TYPES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/msword",
    "application/vnd.ms-powerpoint",
    "application/vnd.ms-excel",
)


def wait_for_conversion(apps: StateApps, schema_editor: object) -> None:
    """Documents that came before they could be converted are caught up with."""
    blobs = apps.get_model("files", "Blob").objects
    blobs.filter(media_type__in=OFFICE_TYPES, preview_state="none").update(preview_state="unconverted")


class Migration(migrations.Migration):
    dependencies = [("files", "0002_courseware")]
    operations = [
        migrations.RemoveIndex(model_name="blob", name="blob_still_to_check"),
        migrations.AlterField(
            model_name="blob",
            name="preview_state",
            field=models.CharField(
                choices=[
                    ("pending", "正在生成预览"),
                    ("ready", "预览已生成"),
                    ("none", "此类文件没有预览"),
                    ("failed", "预览未能生成"),
                    ("unconverted", "没有预览（平台没有配置文档转换）"),
                ],
                default="pending",
                max_length=12,
            ),
        ),
        migrations.RunPython(wait_for_conversion, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="blob",
            index=models.Index(
                condition=models.Q(scan_state__in=["pending", "unscanned"])
                | models.Q(preview_state__in=["pending", "unconverted"]),
                fields=["made_at"],
                name="blob_still_to_check",
            ),
        ),
    ]
