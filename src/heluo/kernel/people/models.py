"""Persons, accounts, posts, guardianship, consent and encrypted identifiers."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.organisations.models import Klass, Organisation


class Person(models.Model):
    """One human being, once. Everything else about them hangs on the platform number."""

    uuid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=12, unique=True, editable=False, help_text="平台号, with a check character.")
    name = models.CharField(max_length=60)
    name_sort = models.CharField(max_length=160, editable=False, help_text="Pinyin of the name, for sorting.")
    born_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A way to sign in. One person, one account."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    username = models.CharField(_("用户名"), max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Made by the demo; exempt from the second factor.")

    USERNAME_FIELD = "username"
    objects = AccountManager()

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.person.name

    def get_short_name(self) -> str:
        return self.person.name


class Post(models.Model):
    """任职: a role at an organisation from one day to another."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Last day in the post.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role", "starts_on"], name="post_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_it_starts"
            ),
        ]


class ClassMembership(models.Model):
    """A pupil's place in a class for a period."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="class_memberships")
    klass = models.ForeignKey(Klass, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_on__isnull=True), name="one_open_class_per_pupil"
            ),
        ]


class Guardianship(models.Model):
    """监护关系 for a period."""

    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wards")
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardians")
    relation = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(guardian=F("child")), name="nobody_guards_themselves"),
            models.UniqueConstraint(
                fields=["guardian", "child"], condition=Q(ends_on__isnull=True), name="one_open_guardianship"
            ),
        ]


class Consent(models.Model):
    """A guardian's decision about a child's use of the platform. Append-only: the newest row holds."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField()
    notice_version = models.CharField(max_length=20, help_text="Version of the privacy notice agreed to.")
    at = models.DateTimeField()


class IdentifierKind(models.TextChoices):
    RESIDENT_ID = "resident_id", _("居民身份证号")
    STUDENT_NUMBER = "student_number", _("学籍号")
    PHONE = "phone", _("手机号")


class Identifier(models.Model):
    """A number that identifies a person elsewhere: encrypted, found by keyed hash, shown masked."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=20, choices=IdentifierKind.choices)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=20)
    lookup = models.BinaryField(help_text="Keyed hash of the normalised value.")
    masked = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "lookup"], name="identifier_belongs_to_one_person"),
            models.UniqueConstraint(fields=["person", "kind"], name="one_identifier_of_a_kind"),
        ]


class Reveal(models.Model):
    """Somebody looked at an identifier in clear, and said why. Append-only."""

    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
