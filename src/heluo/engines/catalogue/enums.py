"""Stable codes of the catalogue."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryState(models.TextChoices):
    PUBLISHED = "published", _("已公布")
    WITHDRAWN = "withdrawn", _("已下架")


class Visibility(models.TextChoices):
    """Who may find an entry."""

    PUBLIC = "public", _("所有人")
    SIGNED_IN = "signed_in", _("已登录用户")
    TREE = "tree", _("本单位及下属单位")


class Meaning(StrEnum):
    """What the values of a facet say of a thing, for those who know other words for it: LOM, LRMI."""

    LEVEL = "level"
    DISCIPLINE = "discipline"
    IDEA = "idea"
    TYPE = "type"


class Deed(models.TextChoices):
    """What a line of the change log says about an entry."""

    PUBLISHED = "published", _("公布")
    WITHDRAWN = "withdrawn", _("下架")


class Sort(models.TextChoices):
    """Orders of a list."""

    FIT = "fit", _("最相关")
    NEWEST = "newest", _("最新发布")
    OLDEST = "oldest", _("最早发布")
    USED = "used", _("用得最多")


class Licence(models.TextChoices):
    """Terms of use, by SPDX identifier where there is one. Entries from other nodes may carry others."""

    CC0 = "CC0-1.0", _("放弃权利 CC0")
    CC_BY = "CC-BY-4.0", _("署名 CC BY 4.0")
    CC_BY_SA = "CC-BY-SA-4.0", _("署名—相同方式共享 CC BY-SA 4.0")
    CC_BY_NC = "CC-BY-NC-4.0", _("署名—非商业性使用 CC BY-NC 4.0")
    CC_BY_NC_SA = "CC-BY-NC-SA-4.0", _("署名—非商业性使用—相同方式共享 CC BY-NC-SA 4.0")
    CC_BY_ND = "CC-BY-ND-4.0", _("署名—禁止演绎 CC BY-ND 4.0")
    CC_BY_NC_ND = "CC-BY-NC-ND-4.0", _("署名—非商业性使用—禁止演绎 CC BY-NC-ND 4.0")
    RESERVED = "LicenseRef-Reserved", _("版权所有，仅限平台内学习使用")

    @classmethod
    def known(cls, code: str) -> "Licence | None":
        """The terms with a code, where they are among these."""
        try:
            return cls(code)
        except ValueError:
            return None


_BY_FAMILY = frozenset(Licence) - {Licence.CC0, Licence.RESERVED}
MAY_BECOME: dict[Licence, frozenset[Licence]] = {
    Licence.CC0: frozenset(Licence),
    Licence.CC_BY: _BY_FAMILY,
    Licence.CC_BY_SA: frozenset({Licence.CC_BY_SA}),
    Licence.CC_BY_NC: frozenset({Licence.CC_BY_NC, Licence.CC_BY_NC_SA, Licence.CC_BY_NC_ND}),
    Licence.CC_BY_NC_SA: frozenset({Licence.CC_BY_NC_SA}),
    Licence.CC_BY_ND: frozenset({Licence.CC_BY_ND}),
    Licence.CC_BY_NC_ND: frozenset({Licence.CC_BY_NC_ND}),
    Licence.RESERVED: frozenset(),
}
"""The terms of a work → those under which somebody else may publish it again (Creative Commons, adapter's licence
chart; works without derivatives go on under their own terms only, reserved ones not at all)."""

ADAPTED_AS: dict[Licence, frozenset[Licence]] = {
    licence: frozenset() if licence in (Licence.CC_BY_ND, Licence.CC_BY_NC_ND) else becomes
    for licence, becomes in MAY_BECOME.items()
}
"""The terms of a work → those under which somebody else may publish an adaptation of it; none where they allow no
adaptation. Nothing takes a term away on the way: what B may be made of A, and C of B, C may be made of A."""
