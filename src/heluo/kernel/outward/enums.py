"""Why an address could not be asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trouble(models.TextChoices):
    """What went wrong before there was an answer."""

    MALFORMED = "malformed", _("网址写得不对")
    UNKNOWN_HOST = "unknown_host", _("找不到这个域名")
    FORBIDDEN = "forbidden", _("网址指向内部网络，平台不会访问")
    NO_ANSWER = "no_answer", _("网站没有响应")
    TOO_SLOW = "too_slow", _("网站没有在限定的时间里响应")
    BAD_CERTIFICATE = "bad_certificate", _("网站的证书无效")
    TOO_MANY_REDIRECTS = "too_many_redirects", _("网址转来转去，没有尽头")
