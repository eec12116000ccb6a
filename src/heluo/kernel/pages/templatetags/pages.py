"""Tags and filters that every template may use without loading (a builtin of the template engine)."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heluo.kernel.clock.public import SHANGHAI, local_day, now
from heluo.kernel.pages.bundle import PLAIN, Entry, entry, icon_address
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.undo import Undo, undo_in

INNER_MARKS = str.maketrans("《》", "〈〉")
register = template.Library()

KIB = 1024
MINUTE, HOUR, DAY = 60, 3600, 86400
DAYS_IN_WORDS = 7
DJANGO_ROWS = "10"


@register.simple_tag
def icon(name: str, extra_class: str = "", label: str = "") -> SafeString:
    """A Tabler icon. Without a label it is decoration; with one it is an image of that name."""
    classes = f"icon {extra_class}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, icon_address(name)
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, icon_address(name))


@register.simple_tag
def bundle(name: str) -> SafeString:
    """Styles and script of a front-end entry, with their hashes."""
    return _elements(entry(name))


@register.simple_tag
def bundle_elsewhere(name: str) -> SafeString:
    """The same for a page on the content host, which has the built front end under its plain names."""
    return _elements(entry(name, address=PLAIN))


def _elements(files: Entry) -> SafeString:
    styles = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((file,) for file in files.styles))
    preloads = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((file,) for file in files.preloads))
    script = format_html('<script type="module" src="{}"></script>', files.script) if files.script else ""
    return format_html("{}{}{}", styles, preloads, script)


STATE_ICONS = {
    Tone.NEUTRAL: "circle-dashed",
    Tone.INFO: "info-circle",
    Tone.WAITING: "clock",
    Tone.SUCCESS: "circle-check",
    Tone.DANGER: "alert-circle",
}


@register.simple_tag
def state_badge(label: str | Promise, tone: str = Tone.NEUTRAL, icon_name: str = "") -> SafeString:
    """A state as icon, word and colour: `{% state_badge resource.get_state_display resource.state_tone %}`."""
    known = Tone(tone)
    shown = icon_name or STATE_ICONS[known]
    return format_html('<span class="state state-{}">{}{}</span>', known.value, icon(shown), label)


@register.filter
def filesize(size: int | None) -> str:
    """Bytes as people say them: 0 B, 12 KB, 3.4 MB."""
    if size is None:
        return ""
    amount = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < KIB:
            return f"{amount:.0f} {unit}" if unit in {"B", "KB"} else f"{amount:.1f} {unit}"
        amount /= KIB
    return f"{amount:.1f} TB"


@register.filter
def inside_marks(title: object) -> str:
    """A title to stand inside 《》: titles it names itself stand in 〈〉 there (GB/T 15834-2011, 4.15.3.4)."""
    return str(title).translate(INNER_MARKS)


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """Playing time: 0:42, 12:05, 1:03:20."""
    if seconds is None:
        return ""
    whole = round(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@register.simple_tag
def when(at: datetime | None) -> SafeString | str:
    """A moment in China: in words while it is near, as a date later; the exact time in the title."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    exact = f"{local:%Y-%m-%d %H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, _in_words(at, local))


def _in_words(at: datetime, local: datetime) -> str:
    present = now()
    ago = (present - at).total_seconds()
    days = (local_day(present) - local.date()).days
    if 0 <= ago < MINUTE:
        return _("刚刚")
    if 0 <= ago < HOUR:
        minutes = int(ago // MINUTE)
        return ngettext("%(count)d 分钟前", "%(count)d 分钟前", minutes) % {"count": minutes}
    if ago >= 0 and days == 0:
        return _("今天 {time}").format(time=f"{local:%H:%M}")
    if days == 1:
        return _("昨天 {time}").format(time=f"{local:%H:%M}")
    if 0 < days <= DAYS_IN_WORDS:
        return ngettext("%(count)d 天前", "%(count)d 天前", days) % {"count": days}
    if days == 0:
        return _("今天 {time}").format(time=f"{local:%H:%M}")
    if days == -1:
        return _("明天 {time}").format(time=f"{local:%H:%M}")
    return f"{local:%Y-%m-%d}"


@register.filter
def as_json(values: Sequence[str]) -> str:
    """A list for a data attribute, which a script reads."""
    return json.dumps(list(values), ensure_ascii=False)


@register.filter
def initial(name: str) -> str:
    """The sign of a person without a picture: the last character of a Chinese name, the first of others."""
    name = str(name).strip()
    if not name:
        return "·"
    return name[0].upper() if name[0].isascii() else name[-1]


@register.filter
def stars_of(value: float | None) -> list[bool]:
    """Five stars, full or empty, for an average."""
    full = round(value or 0)
    return [place < full for place in range(5)]


@register.filter
def undo_of(message: Message) -> Undo | None:
    """The offer to take back what the message tells."""
    return undo_in(message)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """A field's control with the house's classes; Django adds the links to its help and errors."""
    control = field.field.widget
    if isinstance(control, RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    if isinstance(control, CheckboxInput):
        look = "form-check-input"
    else:
        look = "form-select" if isinstance(control, Select) else "form-control"
    attributes: dict[str, str | bool] = {"class": f"{look} {control.attrs.get('class', '')}".strip()}
    if isinstance(control, Textarea) and str(control.attrs.get("rows")) == DJANGO_ROWS:
        attributes["rows"] = "4"
    return field.as_widget(attrs=attributes)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is one box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def local_time(at: datetime) -> str:
    """The exact moment in China, for tables and print."""
    return f"{timezone.localtime(at, SHANGHAI):%Y-%m-%d %H:%M}"
