"""Activation codes as class sheets."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from heluo.domains.rosters.access import Permission
from heluo.domains.rosters.actions import print_class_sheets
from heluo.domains.rosters.queries.activation import (
    MOST_AT_ONCE,
    school_to_print,
    schools_to_print,
    waiting_classes,
    waiting_staff,
)
from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, writes

PDF = "application/pdf"


@writes(may=Permission.PRINT)
@never_cache
def activation(request: PageRequest) -> HttpResponse:
    """Which classes still wait; a POST answers with the sheets, once."""
    today = local_day(now())
    schools = schools_to_print(request.actor, on=today)
    wanted = request.GET.get("school", "")
    if wanted:
        school = school_to_print(request.actor, wanted, on=today)
    else:
        first = list(schools[:2])
        if len(first) != 1:
            page = keyset_page(schools, order=("name_sort", "id"), cursor=request.GET.get("cursor"))
            context = {"heading": _("激活码"), "lead": _("选择一所学校。"), "page": page}
            return page_response(request, "rosters/activation_schools.html", context, fragments=("listing",))
        school = first[0]
    if request.method == "POST":
        return _sheets(request, school)
    classes = waiting_classes(school, on=today)
    context = {
        "heading": _("激活码"),
        "lead": school.name,
        "school": school,
        "classes": classes,
        "staff": waiting_staff(school, on=today).count(),
        "pupils": sum(one.pupils for one in classes),
        "guardians": sum(one.guardians for one in classes),
        "most": MOST_AT_ONCE,
    }
    return page_response(request, "rosters/activation.html", context)


def _sheets(request: PageRequest, school: Organisation) -> HttpResponse:
    chosen = set(request.POST.getlist("class"))
    today = local_day(now())
    try:
        content = print_class_sheets(
            by=request.actor,
            school=school,
            classes=[one.klass for one in waiting_classes(school, on=today) if str(one.klass.uuid) in chosen],
            with_pupils="pupils" in request.POST,
            with_guardians="guardians" in request.POST,
            with_staff="staff" in request.POST,
            address=settings.PUBLIC_URL + reverse("access:activate"),
            now=now(),
        )
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('rosters:activation')}?school={school.uuid}")
    response = HttpResponse(content, content_type=PDF)
    name = _("激活码-{school}-{day}.pdf").format(school=school.name, day=today.isoformat())
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
