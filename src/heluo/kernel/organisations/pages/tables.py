"""The code tables: standard, edition, validity and source of each."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.codes.models import CodeSet
from heluo.kernel.codes.public import code_set_at, code_sets, in_force
from heluo.kernel.pages.day import shown_day
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads


@reads(may=Audience.PUBLIC)
def code_tables(request: PageRequest) -> HttpResponse:
    """Every code table with its standard, edition, validity and source; of a past day, those in force on it."""
    day = shown_day(request)
    tables = code_sets().filter(in_force(day.past)) if day.past else code_sets()
    context = {
        "heading": _("代码表"),
        "tables": [(table, _validity(table)) for table in tables],
        "day": day,
    }
    return page_response(request, "codes/tables.html", context)


def _validity(table: CodeSet) -> str:
    """From when to when an edition holds, as far as somebody read it."""
    if table.valid_from and table.valid_to:
        return _("{first} 至 {last}").format(first=table.valid_from.isoformat(), last=table.valid_to.isoformat())
    if table.valid_from:
        return _("{first} 起").format(first=table.valid_from.isoformat())
    if table.valid_to:
        return _("至 {last}").format(last=table.valid_to.isoformat())
    return _("现行，起止日期待核")


@reads(may=Audience.PUBLIC)
def code_table(request: PageRequest, key: str, version: str) -> HttpResponse:
    """One code table. What nobody compared with the published text says so."""
    table = code_set_at(key, version)
    if table is None:
        raise NotFound
    codes = list(table.codes.select_related("parent"))
    context = {
        "heading": str(table),
        "table": table,
        "crumbs": [(_("代码表"), reverse("organisations:code_tables"))],
        "codes": codes,
        "has_parents": any(code.parent_id for code in codes),
        "facts": [
            (_("标准"), table.standard),
            (_("版本"), table.version),
            (_("起止日期"), _validity(table)),
            (_("代码数"), len(codes)),
            (
                _("来源"),
                table.source if table.is_verified else _("{source}（以发布文本为准）").format(source=table.source),
            ),
        ],
    }
    return page_response(request, "codes/table.html", context)
