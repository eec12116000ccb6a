"""Persons, accounts, posts, guardianship, consent and encrypted identifiers."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.models import Stamped
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.enums import IdentifierKind


def in_period(day: date, prefix: str = "") -> Q:
    """Rows whose period (`starts_on` to `ends_on`, both included, open at the end) covers a day."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": day})
    )


class Period(models.Model):
    """Something that holds from one day to another."""

    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Last day; empty while it goes on.")

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


class Person(Stamped):
    """One human being, once. Everything else about them hangs on the platform number."""

    uuid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=12, unique=True, editable=False, help_text="平台号, with a check digit.")
    name = models.CharField(max_length=60)
    name_sort = models.CharField(
        max_length=160, editable=False, db_collation="C", help_text="Pinyin of the name, for sorting."
    )
    initials = models.CharField(
        max_length=60, editable=False, db_collation="C", default="", help_text="First letters of the pinyin."
    )
    words = SearchVectorField(editable=False, default="", help_text="Pairs of the name.")
    sex = models.CharField(max_length=1, blank=True, help_text="GB/T 2261.1; empty: not asked.")
    born_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name_sort", "id"], name="people_by_name"),
            models.Index(fields=["initials", "name_sort", "id"], name="people_by_initials"),
            models.Index(Left("name", 1), "name_sort", "id", name="people_by_first_character"),
            GinIndex(fields=["words"], name="people_by_words"),
            models.Index(fields=["changed_at", "id"], name="people_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    def age_on(self, day: date) -> int | None:
        """Completed years, or None where the birthday is unknown."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.select_related("person").get(username=username)


class Account(Stamped, AbstractBaseUser):
    """A way to sign in. One person, one account."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    username = models.CharField(_("用户名"), max_length=40)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Made by the demo; exempt from the second factor.")

    USERNAME_FIELD = "username"
    objects = AccountManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["username"], name="username_once")]
        indexes = [models.Index(fields=["changed_at", "id"], name="accounts_by_change")]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.person.name

    def get_short_name(self) -> str:
        return self.person.name


class Activation(models.Model):
    """A one-time code with which the holder of an account sets its first password. Only its hash is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="activations")
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(used_at__isnull=True), name="one_open_activation_per_account"
            )
        ]


class Post(Stamped, Period):
    """任职: a role at an organisation from one day to another.

    Lists of people are in the order of names while rights are by place, so a post keeps both beside each other. The
    database writes these four columns itself, from the person and the organisation; what else is written is overruled.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    name_sort = models.CharField(max_length=160, editable=False, db_collation="C", db_default="")
    name_first = models.CharField(max_length=1, editable=False, db_default="")
    county = models.BigIntegerField(
        null=True, editable=False, help_text="Key of the county bureau it lies under, if any."
    )
    school = models.BigIntegerField(
        null=True, editable=False, help_text="Key of the school it lies in, with its teaching points."
    )

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role", "starts_on"], name="post_once"),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(ends_on__isnull=True),
                name="one_open_post_of_a_role",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_it_starts"
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="posts_by_change"),
            models.Index(fields=["ends_on", "id"], condition=Q(ends_on__isnull=False), name="posts_by_end"),
            models.Index(fields=["role", "name_sort", "person"], name="posts_of_role_by_name"),
            models.Index(
                fields=["county", "name_sort", "person", "role", "name_first"], name="posts_of_county_by_name"
            ),
            models.Index(
                fields=["school", "name_sort", "person", "role", "name_first"], name="posts_of_school_by_name"
            ),
        ]


class ClassMembership(Stamped, Period):
    """A pupil's place in a class for a period."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="class_memberships")
    klass = models.ForeignKey(Klass, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_on__isnull=True), name="one_open_class_per_pupil"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="memberships_by_change"),
            models.Index(fields=["ends_on", "id"], condition=Q(ends_on__isnull=False), name="memberships_by_end"),
        ]


class Teaching(Stamped, Period):
    """任课: a teacher teaches a subject to a class, or leads the class, for a period."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="teachings")
    klass = models.ForeignKey(Klass, on_delete=models.PROTECT, related_name="teachings")
    subject = models.CharField(max_length=3, blank=True, help_text="学科 (JY/T 1001); empty for a mere class leader.")
    is_homeroom = models.BooleanField(default=False, help_text="班主任.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "klass", "subject"], condition=Q(ends_on__isnull=True), name="one_open_teaching"
            ),
            models.UniqueConstraint(
                fields=["klass"],
                condition=Q(ends_on__isnull=True, is_homeroom=True),
                name="one_homeroom_teacher_per_class",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="teaching_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="teachings_by_change"),
            models.Index(fields=["ends_on", "id"], condition=Q(ends_on__isnull=False), name="teachings_by_end"),
        ]


class Guardianship(Stamped, Period):
    """监护关系 for a period."""

    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wards")
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardians")
    relation = models.CharField(max_length=20, blank=True, help_text="In words: 父亲, 母亲, 祖父 …")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(guardian=F("child")), name="nobody_guards_themselves"),
            models.UniqueConstraint(
                fields=["guardian", "child"], condition=Q(ends_on__isnull=True), name="one_open_guardianship"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="guardianship_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="guardianships_by_change"),
            models.Index(fields=["ends_on", "id"], condition=Q(ends_on__isnull=False), name="guardianships_by_end"),
        ]


class Consent(models.Model):
    """A guardian's decision about a child's use of the platform. Append-only: the newest row holds."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField()
    notice_version = models.CharField(max_length=20, help_text="Version of the privacy notice agreed to.")
    on_paper = models.BooleanField(default=False, help_text="Signed on paper and recorded by the school.")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["child", "-id"], name="consent_newest")]


class Identifier(models.Model):
    """A number that identifies a person elsewhere: encrypted, found by keyed hash, shown masked."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=20, choices=IdentifierKind.choices)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=20)
    lookup = models.BinaryField(help_text="Keyed hash of kind and value.")
    lookup_key_id = models.CharField(max_length=20)
    masked = models.CharField(max_length=40)

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "lookup"], name="identifier_belongs_to_one_person"),
            models.UniqueConstraint(fields=["person", "kind"], name="one_identifier_of_a_kind"),
        ]
        indexes = [models.Index(fields=["key_id", "id"], name="identifiers_by_key")]


class Reveal(models.Model):
    """Somebody looked at an identifier in clear, and said why. Append-only."""

    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="reveals")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
