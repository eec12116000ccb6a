"""Synonyms to begin with: words of every school day, nobody's standard. The province keeps them from here on."""

from django.db import migrations

FIRST = (
    ("课件", "演示文稿", "幻灯片", "ppt"),
    ("微课", "微视频", "短视频"),
    ("教案", "教学设计"),
    ("学案", "导学案", "学习单"),
    ("习题", "练习题", "练习"),
    ("试卷", "试题", "测试卷"),
    ("实验", "小实验"),
    ("朗读", "诵读", "朗诵"),
    ("作文", "习作", "写作"),
    ("拼音", "汉语拼音"),
    ("口算", "速算"),
    ("应用题", "解决问题"),
    ("体育", "体育与健康"),
    ("思政", "道德与法治", "思想政治"),
    ("信息技术", "信息科技"),
    ("编程", "程序设计"),
    ("动画", "动漫"),
    ("音频", "录音"),
    ("图片", "图像"),
    ("复习", "总复习"),
)


def begin(apps, _schema_editor):  # type: ignore[no-untyped-def]  # Django's signature
    sets = apps.get_model("catalogue", "SynonymSet")
    sets.objects.bulk_create([sets(words=list(words), position=place) for place, words in enumerate(FIRST)])


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_alternatives")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
