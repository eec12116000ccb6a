"""Deeds and kinds of subjects in words, collected from the manifests of all apps."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.kernel.actors.public import house_apps


def deed_titles() -> dict[str, str | Promise]:
    """Deed code → words, of every app."""
    return {deed: title for config in house_apps() for deed, title in config.manifest.deeds.items()}


def title_of_deed(deed: str) -> str:
    """A deed in words. A code that no manifest knows any more is said to be an old one."""
    return str(deed_titles().get(deed) or _("旧版本中的操作"))


def kind_title(kind: str) -> str:
    """A kind of subject in words."""
    titles = {name: title for config in house_apps() for name, title in config.manifest.kinds.items()}
    return str(titles.get(kind) or _("对象"))
