"""Who issues here, for programs; and a page on which anybody verifies what they were given."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.engines.credentials.enums import CheckKind, Outcome, Verdict
from heluo.engines.credentials.errors import Unreadable
from heluo.engines.credentials.forms import VerifyForm
from heluo.engines.credentials.issuers import Issuer, controller_document, issuer_in
from heluo.engines.credentials.reading import read_json, text_in
from heluo.engines.credentials.verifying import Report, verify
from heluo.kernel.access.knocks import count_knock
from heluo.kernel.access.middleware import address_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, reads, writes

KNOCKS_PER_MINUTE = 30
"""Of one address: to canonicalise a document is work."""
TONES = {
    Verdict.VALID: Tone.SUCCESS,
    Verdict.INVALID: Tone.DANGER,
    Verdict.UNDECIDED: Tone.WAITING,
    Verdict.UNREADABLE: Tone.DANGER,
}
OUTCOMES = {Outcome.PASSED: Tone.SUCCESS, Outcome.FAILED: Tone.DANGER, Outcome.UNKNOWN: Tone.WAITING}


@reads(may=Audience.PUBLIC)
def issuer(request: PageRequest) -> HttpResponse:
    """The controller document: who issues here, and with which keys."""
    return JsonResponse(
        controller_document(),
        content_type="application/json; charset=utf-8",
        headers={"Access-Control-Allow-Origin": "*"},  # verifiers in browsers read it from other sites
        json_dumps_params={"ensure_ascii": False},
    )


@writes(may=Audience.PUBLIC)
def check(request: PageRequest) -> HttpResponse:
    """What was pasted or uploaded, looked at; nothing of it is kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    report: Report | None = None
    if request.method == "POST" and form.is_valid():
        count_knock(f"credentials.verify:{address_of(request)}", limit=KNOCKS_PER_MINUTE, now=now())
        given = form.cleaned_data["file"]
        try:
            others = _brought(form)
            report = verify(given.read() if given else form.cleaned_data["text"], now=now(), others=others)
        except Unreadable as refused:
            form.add_error("issuer", str(refused))
    context = {
        "heading": _("核验证书"),
        "lead": _("看看一张证书是不是真的：由谁颁发、有没有被改动、是否在有效期内。内容不会保存。"),
        "submit_label": _("核验"),
        "multipart": True,
        "report": report,
        "verdict": report and report.verdict.label,
        "tone": report and TONES[report.verdict],
        "checks": [
            (CheckKind(one.kind).label, str(one), one.outcome.label, OUTCOMES[one.outcome]) for one in report.checks
        ]
        if report
        else [],
        "facts": _facts(report),
    }
    return form_page(request, "credentials/verify.html", form, context)


def _brought(form: VerifyForm) -> Sequence[Issuer]:
    file = form.cleaned_data["issuer"]
    return [issuer_in(read_json(text_in(file.read())))] if file else []


def _facts(report: Report | None) -> list[tuple[str, str]]:
    """What the credential says, unless it is not to be believed."""
    document = report.document if report and report.verdict in {Verdict.VALID, Verdict.UNDECIDED} else None
    if document is None:
        return []
    achievement, issuer = document["credentialSubject"]["achievement"], document["issuer"]
    named = issuer.get("name") if isinstance(issuer, dict) else None
    said = [
        (_("名称"), achievement.get("name")),
        (pgettext("credential", "说明"), achievement.get("description")),
        (_("颁发者"), named or (issuer.get("id") if isinstance(issuer, dict) else issuer)),
        (_("生效"), _day(document["validFrom"])),
        (_("有效期到"), _day(document.get("validUntil"))),
    ]
    return [(title, text[:500]) for title, text in said if isinstance(text, str) and text]


def _day(text: str | None) -> str:
    return local_day(datetime.fromisoformat(text)).isoformat() if text else ""
