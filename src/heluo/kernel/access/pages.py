"""One's own account, and what is said to somebody who signs in too often."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from heluo.kernel.access.actions import issue_token, revoke_token
from heluo.kernel.access.errors import TooManyRequests
from heluo.kernel.access.forms import TokenForm
from heluo.kernel.access.knocks import WINDOW_SECONDS
from heluo.kernel.access.middleware import identity_of
from heluo.kernel.access.queries import sign_in_facts, tokens_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import SignInNeeded
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.refusals import answer
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.people.models import Account


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


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """What allauth shows when somebody signs in too often."""
    response = answer(request, TooManyRequests(seconds=WINDOW_SECONDS))
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response
