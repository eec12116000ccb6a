"""学籍档案: the record of one pupil at one school in one stage."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.enums import Attendance, State
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import grade_label
from heluo.kernel.people.models import Person

LONGEST_SCHOOLING = 12


class StudentRecord(models.Model):
    """一人一籍: a person has one open record at most, whatever school it is at.

    A record lasts one stage: graduation ends it, the next stage opens another. A transfer moves it, it does not end.
    The class is the pupil's `ClassMembership`, the 学籍号 their identifier; neither is repeated here.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices)
    entry_year = models.PositiveSmallIntegerField(
        _("入学年"), help_text="Of the year group the pupil belongs to now: the grade follows the calendar."
    )
    category = models.CharField(_("学生类别"), max_length=5, help_text="Code of JY/T 1001.")
    length = models.PositiveSmallIntegerField(_("学制"), help_text="Years.")
    attendance = models.CharField(_("就读方式"), max_length=8, choices=Attendance.choices)
    origin_school = models.CharField(_("原就读学校"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=2, choices=State.choices, default=State.ENROLLED)
    is_disciplined = models.BooleanField(default=False, help_text="Under a disciplinary measure not yet lifted.")
    enrolled_on = models.DateField(_("建籍日期"))
    ended_on = models.DateField(null=True, blank=True, help_text="Last day; empty while it goes on.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on__isnull=True), name="one_open_record_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("enrolled_on")),
                name="record_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(length__gte=1, length__lte=LONGEST_SCHOOLING), name="record_length_of_schooling"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "stage", "entry_year"], name="records_of_a_year_group"),
            models.Index(fields=["person", "-enrolled_on"], name="records_of_a_person"),
        ]

    @property
    def access_path(self) -> str:
        return self.school.path

    def grade(self, year: SchoolYear) -> str:
        return grade_label(Stage(self.stage), self.entry_year, year)

    def is_open_on(self, day: date) -> bool:
        return self.ended_on is None or self.ended_on > day
