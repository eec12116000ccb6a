"""What was carried, for operators; and how a phone comes to trust a box, for whoever stands before it."""

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.gateways.offline.access import Permission
from heluo.gateways.offline.enums import PackageState
from heluo.gateways.offline.models import READ_HERE
from heluo.gateways.offline.queries import packages
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.nodes.queries import own_keys
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.signing.public import keys_folder

AUTHORITY = "tls-authority.pem"
"""Where `heluo certificate` leaves what phones are to trust, among the keys."""
TONES = {
    PackageState.WRITING: Tone.WAITING,
    PackageState.WRITTEN: Tone.SUCCESS,
    PackageState.DROPPED: Tone.NEUTRAL,
    PackageState.APPLYING: Tone.WAITING,
    PackageState.APPLIED: Tone.SUCCESS,
}


@reads(may=Permission.CARRY)
def carried(request: PageRequest) -> HttpResponse:
    page = keyset_page(packages(), order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("离线资源包"),
        "lead": _("没有网络的节点用磁盘往来：在服务器上写包、导入包，这里看往来的情况。"),
        "page": page,
        "rows": [(one, TONES[PackageState(one.state)], one.state in READ_HERE) for one in page.items],
        "own": [
            (_("本节点"), settings.NODE_DOMAIN),
            *((_("密钥指纹"), key.fingerprint) for key in own_keys() if key.retired_at is None),
        ],
        "phones_at": reverse("offline:phone") if _authority() else "",
    }
    return page_response(request, "offline/carried.html", context, fragments=("listing",))


@reads(may=Audience.PUBLIC)
def phone(request: PageRequest) -> HttpResponse:
    authority = _trusted()
    context = {
        "heading": _("让手机信任本站"),
        "lead": _("装好本站的证书以后，手机才能离线保存页面、使用麦克风和摄像头。每部手机装一次。"),
        "facts": [
            (_("本站"), settings.PUBLIC_URL),
            (_("有效期到"), authority.not_valid_after_utc.date().isoformat()),
            (_("证书指纹（SHA-256）"), _fingerprint(authority)),
        ],
    }
    return page_response(request, "offline/phone.html", context)


@reads(may=Audience.PUBLIC)
def authority(request: PageRequest) -> HttpResponse:
    """The certificate itself (DER), as phones install it."""
    return HttpResponse(
        _trusted().public_bytes(Encoding.DER),
        content_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": 'attachment; filename="heluo-ca.crt"'},
    )


def _authority() -> x509.Certificate | None:
    place = keys_folder() / AUTHORITY
    return x509.load_pem_x509_certificate(place.read_bytes()) if place.is_file() else None


def _trusted() -> x509.Certificate:
    """Only a platform with an authority of its own has something to be trusted."""
    found = _authority()
    if found is None:
        raise NotFound
    return found


def _fingerprint(certificate: x509.Certificate) -> str:
    """As phones show it: pairs of capital hexadecimal digits."""
    return certificate.fingerprint(SHA256()).hex(":").upper()
