"""What the register holds about a person."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.codes.public import names_of
from heluo.kernel.holdings.public import OWN, PLATFORM, Asked, Fact, Source, counts_as_look, holding, not_told
from heluo.kernel.organisations.public import ClassPlace, places_of
from heluo.kernel.people.actions import erase_account, erase_phone
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import (
    Account,
    ClassMembership,
    Consent,
    Guardianship,
    Identifier,
    Period,
    Person,
    Post,
    Teaching,
    in_period,
)
from heluo.kernel.people.queries import home_of

KEPT_REGISTER = _("人员登记是教育管理的依据，依法长期保存。")
KEPT_STUDENT = _("与学籍一同永久保存。")
KEPT_CONSENT = _("证明何时取得或撤回过同意，须保存备查。")

counts_as_look("people.identifier_revealed")
not_told("people.Reveal.by", because="Who looked; told to the person looked at, and to the viewer among their deeds.")


def _home(person: UUID, asked: Asked) -> Source:
    """The organisation that answers for the entry of a person."""
    home = home_of(person, on=asked.on)
    return Source(home.name, home.uuid) if home else PLATFORM


def _span(row: Period) -> str:
    if row.ends_on is None:
        return gettext("至今")
    return gettext("至 {day}").format(day=row.ends_on.isoformat())


def _person_page(person: UUID) -> str:
    return reverse("people:person", args=[person])


@holding("people.basics", title=_("基本信息"), columns=(), order=10, kept=KEPT_REGISTER)
def basics(person: UUID, asked: Asked) -> list[Fact]:
    found = Person.objects.get(uuid=person)
    source = _home(person, asked)
    sexes = names_of("sex", on=asked.on)
    told = [
        ("name", gettext("姓名"), found.name),
        ("sex", gettext("性别"), sexes.get(found.sex, found.sex)),
        ("born_on", gettext("出生日期"), found.born_on.isoformat() if found.born_on else ""),
    ]
    facts = [
        Fact(
            label=label,
            value=value or gettext("未登记"),
            source=source,
            key=key,
            since=found.created_at,
            url=reverse("people:correct", args=[person]),
        )
        for key, label, value in told
    ]
    return [*facts, Fact(label=gettext("平台号"), value=found.number, source=PLATFORM, since=found.created_at)]


def _identifiers(person: UUID, rows: Iterable[Identifier], source: Source) -> list[Fact]:
    return [
        Fact(
            label=str(IdentifierKind(row.kind).label),
            value=row.masked,
            source=source,
            key=row.kind,
            note=gettext("加密保存，只显示脱敏形式"),
            is_masked=True,
            url=reverse("people:record_number", args=[person]),
        )
        for row in rows
    ]


@holding("people.identifiers", title=_("证件号码"), columns={"people.Identifier.person"}, order=11, kept=KEPT_REGISTER)
def identifiers(person: UUID, asked: Asked) -> list[Fact]:
    rows = Identifier.objects.filter(person__uuid=person).exclude(kind=IdentifierKind.PHONE)
    return _identifiers(person, rows, _home(person, asked))


@holding("people.phone", title=_("联系电话"), columns={"people.Identifier.person"}, order=12, erase=erase_phone)
def phone(person: UUID, asked: Asked) -> list[Fact]:
    rows = Identifier.objects.filter(person__uuid=person, kind=IdentifierKind.PHONE).exclude(masked="")
    return _identifiers(person, rows, _home(person, asked))


def _still_needed(person: UUID, on: date) -> str:
    if Post.objects.filter(in_period(on), person__uuid=person).exists():
        return gettext("还有任职、学生或监护人身份，账号仍在使用；这些身份结束后可以删除。")
    return ""


@holding(
    "people.account",
    title=pgettext_lazy("holding", "账号"),
    columns={"people.Account.person", "people.Activation.account"},
    order=20,
    erase=erase_account,
    hindrance=_still_needed,
)
def account(person: UUID, asked: Asked) -> list[Fact]:
    facts = []
    for row in Account.objects.filter(person__uuid=person).prefetch_related("activations"):
        facts.append(Fact(label=gettext("用户名"), value=row.username, source=PLATFORM))
        facts.append(
            Fact(
                label=gettext("密码"),
                value=gettext("已设置") if row.has_usable_password() else gettext("未设置"),
                source=OWN,
                note=gettext("只保存无法还原的摘要"),
            )
        )
        if row.last_login:
            facts.append(Fact(label=gettext("最近登录"), value="", source=PLATFORM, since=row.last_login))
        facts.extend(
            Fact(
                label=gettext("激活码"),
                value=gettext("已使用") if one.used_at else gettext("未使用"),
                source=PLATFORM,
                since=one.expires_at,
                note=gettext("只保存无法还原的摘要；所示时间为到期时间"),
            )
            for one in list(row.activations.all())[: asked.most]
        )
    return facts


@holding("people.posts", title=_("任职与身份"), columns={"people.Post.person"}, order=30, kept=KEPT_REGISTER)
def posts(person: UUID, asked: Asked) -> list[Fact]:
    rows = Post.objects.filter(person__uuid=person).select_related("organisation").order_by("-starts_on", "-id")
    return [
        Fact(
            label=row.get_role_display(),
            value=row.organisation.name,
            source=Source(row.organisation.name, row.organisation.uuid),
            key=f"post-{row.pk}",
            note=_span(row),
            since=row.starts_on,
            url=_person_page(person),
        )
        for row in rows[: asked.most]
    ]


@holding("people.classes", title=_("班级"), columns={"people.ClassMembership.person"}, order=31, kept=KEPT_STUDENT)
def classes(person: UUID, asked: Asked) -> list[Fact]:
    rows = ClassMembership.objects.filter(person__uuid=person).select_related("klass__school").order_by("-starts_on")
    shown = list(rows[: asked.most])
    return [
        Fact(
            label=place.label(SchoolYear.on(row.ends_on or asked.on)),
            value=place.school_name,
            source=Source(row.klass.school.name, row.klass.school.uuid),
            key=f"class-{row.pk}",
            note=_span(row),
            since=row.starts_on,
            url=_person_page(person),
        )
        for row, place in zip(shown, _last_places(shown), strict=True)
    ]


def _last_places(rows: Sequence[ClassMembership | Teaching]) -> list[ClassPlace]:
    """Where the class of each row was on its last day; where it is while the row goes on."""
    return places_of((row.klass, row.ends_on) for row in rows)


@holding("people.teachings", title=_("任课"), columns={"people.Teaching.person"}, order=32, kept=KEPT_REGISTER)
def teachings(person: UUID, asked: Asked) -> list[Fact]:
    rows = Teaching.objects.filter(person__uuid=person).select_related("klass__school").order_by("-starts_on", "-id")
    shown = list(rows[: asked.most])
    subjects = names_of("subject", on=asked.on)
    return [
        Fact(
            label=place.label(SchoolYear.on(row.ends_on or asked.on)),
            value="、".join(
                part for part in (subjects.get(row.subject, ""), gettext("班主任") if row.is_homeroom else "") if part
            ),
            source=Source(row.klass.school.name, row.klass.school.uuid),
            key=f"teaching-{row.pk}",
            note=_span(row),
            since=row.starts_on,
        )
        for row, place in zip(shown, _last_places(shown), strict=True)
    ]


@holding("people.guardians", title=_("监护人"), columns={"people.Guardianship.child"}, order=40, kept=KEPT_STUDENT)
def guardians(person: UUID, asked: Asked) -> list[Fact]:
    rows = Guardianship.objects.filter(child__uuid=person).select_related("guardian").order_by("-starts_on", "id")
    source = _home(person, asked)
    return [
        Fact(
            label=row.relation or gettext("监护人"),
            value=row.guardian.name,
            source=source,
            key=f"guardian-{row.pk}",
            note=_span(row),
            since=row.starts_on,
            url=_person_page(person),
        )
        for row in rows[: asked.most]
    ]


@holding("people.wards", title=_("监护的孩子"), columns={"people.Guardianship.guardian"}, order=41, kept=KEPT_STUDENT)
def wards(person: UUID, asked: Asked) -> list[Fact]:
    rows = Guardianship.objects.filter(guardian__uuid=person).select_related("child").order_by("-starts_on", "id")
    source = _home(person, asked)
    return [
        Fact(
            label=row.relation or gettext("监护人"),
            value=row.child.name,
            source=source,
            key=f"ward-{row.pk}",
            note=_span(row),
            since=row.starts_on,
        )
        for row in rows[: asked.most]
    ]


@holding(
    "people.consents",
    title=pgettext_lazy("holding", "监护人同意"),
    columns={"people.Consent.child", "people.Consent.guardian"},
    order=42,
    kept=KEPT_CONSENT,
)
def consents(person: UUID, asked: Asked) -> list[Fact]:
    school = _home(person, asked)
    rows = Consent.objects.filter(child__uuid=person) | Consent.objects.filter(guardian__uuid=person)
    return [
        Fact(
            label=pgettext("consent", "同意") if row.given else pgettext("consent", "撤回同意"),
            value=gettext("{guardian}就{child}使用平台的决定").format(guardian=row.guardian.name, child=row.child.name),
            source=school if row.on_paper else OWN,
            note=gettext("书面同意，由学校登记") if row.on_paper else "",
            since=row.at,
        )
        for row in rows.select_related("child", "guardian").order_by("-id")[: asked.most]
    ]
