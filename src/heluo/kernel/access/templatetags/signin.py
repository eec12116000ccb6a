"""Words on the pages about one's own sign-in: `{% load signin %}`."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heluo.kernel.access.errors import SecondFactorNeeded
from heluo.kernel.access.gates import gate_before

register = template.Library()

SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""What a browser says about its system → the name people know. The first that fits holds."""
BROWSERS = (
    ("MicroMessenger", gettext_noop("微信")),
    ("DingTalk", gettext_noop("钉钉")),
    ("QQBrowser", gettext_noop("QQ 浏览器")),
    ("Quark", gettext_noop("夸克")),
    ("HuaweiBrowser", gettext_noop("华为浏览器")),
    ("MiuiBrowser", gettext_noop("小米浏览器")),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Likewise for the browser itself; those that also call themselves Chrome or Safari stand before those two."""


@register.filter
def device(user_agent: str) -> str:
    """A user agent in words: `Windows 上的 Edge`."""
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    browser = _(browser) if browser else ""
    if system and browser:
        return _("{system} 上的 {browser}").format(system=system, browser=browser)
    return system or browser or _("其他设备")


@register.simple_tag(takes_context=True)
def second_factor_is_wanted(context: dict[str, Any]) -> bool:
    """Whether the reader stands before the gate of the second factor."""
    request = context["request"]
    gate = gate_before(request, request.identity, "")
    return gate is not None and gate.refusal is SecondFactorNeeded
