"""Lists as files: what a list shows under its filter, on all its pages, as a table to keep.

The list page itself answers: a GET shows it, a POST with `export` gives the same rows as a file, so that no second
query can differ from the first.

    staff = ListFile(_("教职工"), (_("姓名"), _("角色")), lines_of_staff)
    if wants_file(request):
        return list_file(request, staff, rows, order=("person__name_sort", "id"), may=Permission.VIEW)
    context = {…, "exports": staff}
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from tempfile import TemporaryFile
from typing import Generic, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.kernel.actors.public import HasPath
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.actions import note_export
from heluo.kernel.pages.rules import PageRequest
from heluo.kernel.pages.sheets import write_csv, write_xlsx

Row = TypeVar("Row", bound=Model)
MOST_ROWS = 20_000
"""More is no list to read any more, and takes a web process too long; whoever needs it orders a data package."""
CHUNK = 500
EXCEL, CSV = "xlsx", "csv"
MEDIA_TYPES = {
    EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}
PAGING = frozenset({"cursor"})


@dataclass(frozen=True, slots=True)
class ListFile(Generic[Row]):
    """What a list becomes as a table: its name, its columns, and the lines that some of its rows make."""

    name: str | Promise
    titles: Sequence[str | Promise]
    lines: Callable[[list[Row]], Iterable[Sequence[object]]]
    is_personal: bool = True
    """Holds what is known of people: taking it away stands in the audit log."""


def wants_file(request: PageRequest) -> bool:
    """Whether the list is asked for as a file."""
    return request.method == "POST" and request.POST.get("export") in MEDIA_TYPES


def list_file(
    request: PageRequest,
    kind: ListFile[Row],
    rows: QuerySet[Row],
    *,
    order: Sequence[str],
    may: str,
    on: HasPath | None = None,
) -> HttpResponseBase:
    """The rows as a file; back to the list with a sentence where there are too many.

    `may` is the rule of the page, `on` the thing whose list it is.
    """
    form = request.POST["export"]
    if rows.order_by()[MOST_ROWS : MOST_ROWS + 1].exists():
        messages.error(
            request, _("一次最多导出 {most} 行。请用筛选条件缩小范围后再导出。").format(most=f"{MOST_ROWS:,}")
        )
        return redirect(request.get_full_path())
    counter = _Counted(_lines(kind, rows.order_by(*order)))
    at = now()
    with ExitStack() as opened:
        file = opened.enter_context(TemporaryFile())
        if form == EXCEL:
            write_xlsx(file, kind.name, kind.titles, counter)
        else:
            write_csv(file, kind.titles, counter)
        file.seek(0)
        if kind.is_personal:
            note_export(
                by=request.actor,
                may=may,
                on=on,
                route=request.resolver_match.view_name if request.resolver_match else "",
                title=str(kind.name),
                rows=counter.count,
                form=form,
                conditions={name for name, value in request.GET.items() if value and name not in PAGING},
                now=at,
            )
        opened.pop_all()  # from here on the response closes it
    name = f"{kind.name}-{local_day(at):%Y%m%d}.{form}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPES[form])
    response["Cache-Control"] = "no-store"
    return response


def _lines(kind: ListFile[Row], rows: QuerySet[Row]) -> Iterator[Sequence[object]]:
    """Lines, made of many rows at a time: what hangs on the rows costs a query per chunk."""
    waiting = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(waiting, CHUNK)):
        yield from kind.lines(chunk)


@dataclass(slots=True)
class _Counted:
    lines: Iterator[Sequence[object]]
    count: int = 0

    def __iter__(self) -> Iterator[Sequence[object]]:
        for line in self.lines:
            self.count += 1
            yield line
