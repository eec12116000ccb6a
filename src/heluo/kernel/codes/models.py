"""Code tables and rule figures: data with a standard, a version, a period of validity and a source."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

ENGLISH = "en"


def in_force(day: date) -> Q:
    """Rows whose period of validity covers a day; an open side is unbounded."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Named(models.Model):
    """A name in Chinese, with an English one where somebody wrote it."""

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith(ENGLISH) else self.name


class CodeSet(Named):
    """One table of codes in one edition of one standard. Editions live side by side."""

    standard = models.CharField(max_length=40, help_text="e.g. JY/T 1001-2012")
    key = models.SlugField(max_length=40, help_text="Our stable name of the table, e.g. school-type.")
    version = models.CharField(max_length=12, help_text="Year of the edition.")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, help_text="Where the rows were read.")
    is_verified = models.BooleanField(help_text="False: nobody compared it with the published text.")

    class Meta:
        ordering = ["key", "version"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "key", "version"], name="code_set_once"),
            models.UniqueConstraint(fields=["key", "version"], name="code_set_key_names_one_standard"),
        ]


class Code(Named):
    """One code of a set."""

    code_set = models.ForeignKey(CodeSet, on_delete=models.CASCADE, related_name="codes")
    value = models.CharField(max_length=12)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    position = models.PositiveSmallIntegerField(help_text="Place in the published order.")
    is_verified = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["code_set", "position"]
        constraints = [models.UniqueConstraint(fields=["code_set", "value"], name="code_once_in_its_set")]


class RuleFigure(Named):
    """A number that a law or rule sets and that may change: an age, a number of working days."""

    key = models.SlugField(max_length=40)
    value = models.IntegerField()
    unit = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    is_verified = models.BooleanField()

    class Meta:
        ordering = ["key", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="rule_figure_once_per_day")]
