"""One's own account, and what is said to somebody who signs in too often."""

from datetime import timedelta
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from heluo.kernel.access.access import Permission
from heluo.kernel.access.actions import connect_system, issue_token, remove_system, revoke_token
from heluo.kernel.access.errors import TooManyRequests
from heluo.kernel.access.forms import ActivationForm, ConsentForm, SystemForm, TokenForm
from heluo.kernel.access.knocks import WINDOW_SECONDS, count_knock
from heluo.kernel.access.middleware import address_of, identity_of
from heluo.kernel.access.queries import (
    connected_system,
    connected_systems,
    decision_for,
    decisions_for,
    sign_in_facts,
    tokens_of,
)
from heluo.kernel.access.resolution import digest_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import SignInNeeded
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.refusals import answer
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.people.enums import NOTICE_VERSION
from heluo.kernel.people.models import Account
from heluo.kernel.people.public import activate_account, give_consent, guardians_of, needs_consent, withdraw_consent

ACTIVATIONS_PER_ADDRESS = 60
"""In a minute: a class sets its passwords together, from one address."""
ACTIVATIONS_PER_NAME = 5
USERNAME_SHOWN = 40


def own_account(request: PageRequest) -> Account:
    """The account of whoever is signed in."""
    account = identity_of(request).account
    if account is None:
        raise SignInNeeded
    return account


@reads(may=Audience.SIGNED_IN)
def account(request: PageRequest) -> HttpResponse:
    """Everything about one's own sign-in in one place."""
    mine = own_account(request)
    return page_response(request, "access/account.html", {"account": mine, "facts": sign_in_facts(mine, at=now())})


@writes(may=Audience.SIGNED_IN)
def tokens(request: PageRequest) -> HttpResponse:
    """One's bearer tokens; POST revokes one."""
    if request.method == "POST":
        token_id = request.POST.get("token", "")
        if token_id.isdecimal():
            revoke_token(by=request.actor, token_id=int(token_id), now=now())
            messages.success(request, _("令牌已吊销，使用它的程序从现在起不能再访问。"))
        return redirect("access:tokens")
    return page_response(request, "access/tokens.html", {"tokens": tokens_of(own_account(request), at=now())})


@writes(may=Audience.SIGNED_IN)
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def token_new(request: PageRequest) -> HttpResponse:
    """Issue a token. Its secret is shown on the answer to the POST and never again."""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            issued = issue_token(
                by=request.actor,
                account=own_account(request),
                label=form.cleaned_data["label"],
                lifetime=timedelta(days=form.cleaned_data["days"]),
                now=now(),
            )
            return page_response(request, "access/token_issued.html", {"issued": issued})
    return form_page(request, "access/token_new.html", form)


@reads(may=Audience.SIGNED_IN)
def waiting(request: PageRequest) -> HttpResponse:
    """What a child under 14 sees until a guardian agrees."""
    child = own_account(request).person
    today = local_day(now())
    if not needs_consent(child, on=today):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return page_response(request, "access/waiting.html", {"child": child, "guardians": guardians_of(child, on=today)})


@reads(may=Audience.SIGNED_IN)
def children(request: PageRequest) -> HttpResponse:
    """The children somebody answers for, and what was decided for each."""
    wards = decisions_for(own_account(request).person, on=local_day(now()))
    return page_response(request, "access/children.html", {"wards": wards})


@writes(may=Audience.SIGNED_IN)
def consent(request: PageRequest, child: UUID) -> HttpResponse:
    """The notice in full, and a guardian's decision about it. Only for one's own wards."""
    at = now()
    ward = decision_for(own_account(request).person, child, on=local_day(at))
    form = ConsentForm(request.POST or None, initial={"decision": ConsentForm.GIVE})
    if form.is_valid():
        with form.refusals():
            if form.cleaned_data["decision"] == ConsentForm.GIVE:
                give_consent(by=request.actor, child=ward.child, notice_version=NOTICE_VERSION, now=at)
                messages.success(request, _("您已同意。{name}现在可以使用平台。").format(name=ward.child.name))
            else:
                withdraw_consent(by=request.actor, child=ward.child, now=at)
                messages.success(
                    request, _("您已撤回同意。{name}不能再使用平台，直到监护人重新同意。").format(name=ward.child.name)
                )
            return redirect("access:children")
    context = {"ward": ward, "notice": f"access/notices/{NOTICE_VERSION}.html", "notice_version": NOTICE_VERSION}
    return form_page(request, "access/consent.html", form, context)


@reads(may=Permission.CONNECT_SYSTEMS)
def systems(request: PageRequest) -> HttpResponse:
    """The systems that sign people in with their accounts here."""
    context = {"systems": connected_systems(), "issuer": settings.PUBLIC_URL}
    return page_response(request, "access/systems.html", context)


@writes(may=Permission.CONNECT_SYSTEMS)
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def system_new(request: PageRequest) -> HttpResponse:
    """Connect a system. Its secret is shown on the answer to the POST and never again."""
    form = SystemForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            made = connect_system(
                by=request.actor, name=form.cleaned_data["name"], callbacks=form.cleaned_data["callbacks"], now=now()
            )
            return page_response(request, "access/system_connected.html", {"made": made, "issuer": settings.PUBLIC_URL})
    return form_page(request, "access/system_new.html", form)


@writes(may=Permission.CONNECT_SYSTEMS)
def system_remove(request: PageRequest, system: str) -> HttpResponse:
    """Ask, then stop a system from signing people in."""
    found = connected_system(system)
    if request.method == "POST":
        remove_system(by=request.actor, system_id=found.pk, now=now())
        messages.success(request, _("“{name}”不能再用河洛账号登录。").format(name=found.name))
        return redirect("access:systems")
    return page_response(request, "access/system_remove.html", {"system": found})


@writes(may=Audience.PUBLIC)
@never_cache
def activate(request: PageRequest) -> HttpResponse:
    """Set the first password, or a new one after it was forgotten, with a code from the administrator.

    A link may bring the username (`?username=`), never the code: addresses stay in histories and logs.
    """
    form = ActivationForm(request.POST or None, initial={"username": request.GET.get("username", "")[:USERNAME_SHOWN]})
    if form.is_valid():
        at = now()
        count_knock(f"activate:{address_of(request)}", limit=ACTIVATIONS_PER_ADDRESS, now=at)
        count_knock(f"activate:{digest_of(form.cleaned_data['username'])}", limit=ACTIVATIONS_PER_NAME, now=at)
        with form.refusals():
            activate_account(
                username=form.cleaned_data["username"],
                code=form.cleaned_data["code"],
                password=form.cleaned_data["password"],
                now=at,
            )
            messages.success(request, _("密码已设置，请登录。"))
            return redirect("account_login")
    return form_page(request, "access/activate.html", form)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """What allauth shows when somebody signs in too often."""
    response = answer(request, TooManyRequests(seconds=WINDOW_SECONDS))
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response
