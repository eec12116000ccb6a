"""How resources look on pages: facts, attribution, trails."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.domains.packages.public import PackageShown, packages_shown
from heluo.domains.resources.enums import ContentLanguage, ResourceState, ResourceType, Step, VersionState
from heluo.domains.resources.models import Playback, Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import (
    RECOMMENDED,
    chain_of,
    grade_choices,
    grounds_of,
    reason_titles,
    subject_choices,
)
from heluo.domains.textbooks.public import Place, places_of_chapters, places_of_points
from heluo.engines.catalogue.enums import Licence
from heluo.engines.catalogue.public import deed_of
from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.public import StoredFile, content_link, preview_links
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.templatetags.pages import inside_marks, when

Fact = tuple[str | Promise, object]

TONES = {
    VersionState.DRAFT: Tone.NEUTRAL,
    VersionState.SUBMITTED: Tone.WAITING,
    VersionState.RETURNED: Tone.DANGER,
    VersionState.PUBLISHED: Tone.SUCCESS,
    VersionState.WITHDRAWN: Tone.NEUTRAL,
    VersionState.EXPIRED: Tone.NEUTRAL,
}


def licence_link(code: str) -> str | SafeString:
    """The licence's name, leading to its deed where it has one."""
    if code not in Licence.values:
        return code
    licence = Licence(code)
    deed = deed_of(licence)
    return (
        format_html('<a href="{}" rel="license noreferrer">{}</a>', deed, licence.label) if deed else str(licence.label)
    )


def facts_of(version: ResourceVersion) -> list[Fact]:
    """What is known about a version, in the order people ask."""
    resource = version.resource
    subjects, grades = dict(subject_choices(local_day(now()))), dict(grade_choices())
    writer = format_html(
        '<a href="{}">{}</a>', reverse("resources:author", args=[resource.author.uuid]), resource.author.name
    )
    facts: list[Fact] = [
        (_("作者"), writer if resource.published else resource.author.name),
        (_("来源单位"), resource.organisation.name),
        (_("适用"), grades.get(version.grade) or (Stage(version.stage).label if version.stage else "")),
        (_("学科"), subjects.get(version.subject, "")),
        (_("类型"), ResourceType(version.resource_type).label if version.resource_type else ""),
        (_("语种"), ContentLanguage(version.language).label if version.language else ""),
        (_("许可"), licence_link(version.licence) if version.licence else ""),
        (_("他人作品"), _third_party(version)),
        (_("关键词"), "、".join(version.keywords)),
    ]
    if version.derived_from_id:
        facts.append((_("改编自"), source_of(version)))
    if version.chapters:
        facts.append((_("教材章节"), links_to(places_of_chapters(version.chapters))))
    if version.knowledge_points:
        facts.append((_("知识点"), links_to(places_of_points(version.knowledge_points))))
    if version.published_at:
        facts.append((_("发布"), when(version.published_at)))
    if version.valid_until:
        facts.append((_("有效期至"), f"{version.valid_until:%Y-%m-%d}"))
    levels = [level for level in RECOMMENDED if level in {row.level for row in resource.recognitions.all()}]
    if levels:
        facts.append((pgettext("facet", "推荐"), "、".join(str(RECOMMENDED[level]) for level in levels)))
    return facts


def links_to(places: Iterable[Place]) -> SafeString:
    return format_html_join(
        "、", '<a href="{}">{}</a>', ((place.url, f"{place.title}（{place.where}）") for place in places)
    )


def _third_party(version: ResourceVersion) -> str:
    if version.has_third_party is None:
        return ""
    if version.has_third_party:
        return version.third_party_statement
    return _("除所改编的作品外，全部原创") if version.derived_from_id else _("无，全部原创")


def source_of(version: ResourceVersion) -> str | SafeString:
    """The works a version was adapted from, the nearest first; those no longer public stay readable as text."""
    return format_html_join(" ← ", "{}", ((_source(work),) for work in chain_of(version)))


def _source(work: ResourceVersion) -> str | SafeString:
    words = _("《{title}》（{author}，第 {number} 版）").format(
        title=inside_marks(work.title), author=work.resource.author.name, number=work.number
    )
    if work.resource.state != ResourceState.PUBLISHED:
        return words
    return format_html('<a href="{}">{}</a>', reverse("resources:detail", args=[work.resource.uuid]), words)


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """A step as the trail component shows it."""

    title: str
    who: str
    at: object
    text: str | SafeString


def trail_events(steps: Iterable[ReviewStep]) -> list[TrailEvent]:
    """Steps in words, with the version where there are several."""
    reasons = reason_titles()
    return [
        TrailEvent(
            title=_("第 {number} 版：{step}").format(number=step.version.number, step=Step(step.step).label),
            who=step.by.name if step.by else str(ActorKind.PLATFORM.label),
            at=step.at,
            text=_said_of(step, reasons),
        )
        for step in steps
    ]


def _said_of(step: ReviewStep, titles: Mapping[str, str]) -> str | SafeString:
    """The comment of a step, and what stands before it: the reasons of a return, the day of a change of validity."""
    if step.step == Step.EXPIRED:
        return grounds_of(step)
    reasons = (
        _("有效期延长到 {day}。").format(day=step.until) if step.step == Step.PROLONGED else reasons_of(step, titles)
    )
    if not reasons:
        return step.comment
    return format_html("<strong>{}</strong><br>{}", reasons, step.comment)


def reasons_of(step: ReviewStep, titles: Mapping[str, str]) -> str:
    """Why a version was sent back."""
    return "；".join(titles.get(reason, reason) for reason in step.reasons)


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as a page shows it: where its content and its pictures are."""

    file: StoredFile
    link: str
    poster: str
    pages: tuple[str, ...]
    place_url: str = ""
    """Where the player tells how far it has come; empty where nobody wants to know."""
    playback: Playback | None = None
    """Where the reader stopped last time."""
    package: PackageShown | None = None
    """What is inside a courseware package, and how far the reader is."""


def shown_files(actor: Actor, files: Sequence[StoredFile]) -> list[ShownFile]:
    """Files with links valid for a while; a file that may not be read has none."""
    packages = packages_shown(actor, files)
    return [_shown_file(file, packages.get(file.uuid)) for file in files]


def with_places(shown: Iterable[ShownFile], resource: Resource, playbacks: Mapping[UUID, Playback]) -> list[ShownFile]:
    """The same files, able to go on where their reader stopped."""
    return [
        replace(
            one,
            place_url=reverse("resources:place", args=[resource.uuid, one.file.uuid]),
            playback=playbacks.get(one.file.uuid),
        )
        for one in shown
    ]


def _shown_file(file: StoredFile, package: PackageShown | None) -> ShownFile:
    pictures = preview_links(file)
    link = content_link(file) if file.is_readable else ""
    poster = pictures.large or pictures.thumbnail
    return ShownFile(file=file, link=link, poster=poster, pages=pictures.pages, package=package)
