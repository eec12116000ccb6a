"""How somebody signs in, where they are signed in, and the tokens they gave to programs."""

from uuid import UUID

from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heluo.kernel.access.models import AccessToken
from heluo.kernel.access.templatetags.signin import device
from heluo.kernel.holdings.public import OWN, PLATFORM, Asked, Fact, holding, not_told

KEPT_WITH_ACCOUNT = _("随账号一同删除；您也可以随时在“我的账号”里自己删除。")

not_told("account.EmailAddress.user", because="Accounts here have no e-mail address; the table stays empty.")
not_told("allauth_idp_oidc.Client.owner", because="Connected systems belong to nobody; the column stays empty.")


@holding(
    "access.factors",
    title=_("两步验证与外部登录"),
    columns={"mfa.Authenticator.user", "socialaccount.SocialAccount.user"},
    order=21,
    kept=KEPT_WITH_ACCOUNT,
)
def factors(person: UUID, asked: Asked) -> list[Fact]:
    kinds = {
        Authenticator.Type.TOTP: gettext("验证器应用"),
        Authenticator.Type.WEBAUTHN: gettext("通行密钥"),
        Authenticator.Type.RECOVERY_CODES: gettext("备用验证码"),
    }
    return [
        *(
            Fact(
                label=kinds.get(row.type, gettext("两步验证")),
                value=gettext("已开启"),
                source=OWN,
                note=gettext("密钥加密保存，不能导出"),
                since=row.created_at,
            )
            for row in Authenticator.objects.filter(user__person__uuid=person).order_by("id")[: asked.most]
        ),
        *(
            Fact(label=gettext("外部登录"), value=row.provider, source=OWN, since=row.date_joined)
            for row in SocialAccount.objects.filter(user__person__uuid=person).order_by("id")[: asked.most]
        ),
    ]


@holding(
    "access.sessions",
    title=_("登录的设备"),
    columns={"usersessions.UserSession.user"},
    order=22,
    kept=KEPT_WITH_ACCOUNT,
)
def sessions(person: UUID, asked: Asked) -> list[Fact]:
    rows = UserSession.objects.filter(user__person__uuid=person).order_by("-last_seen_at", "-id")
    return [
        Fact(
            label=gettext("登录"),
            value=device(row.user_agent),
            source=PLATFORM,
            note=row.ip or "",
            exact=row.user_agent,
            since=row.created_at,
        )
        for row in rows[: asked.most]
    ]


@holding(
    "access.tokens",
    title=_("访问令牌"),
    columns={"access.AccessToken.account", "allauth_idp_oidc.Token.user"},
    order=23,
    kept=KEPT_WITH_ACCOUNT,
)
def tokens(person: UUID, asked: Asked) -> list[Fact]:
    own = AccessToken.objects.filter(account__person__uuid=person).order_by("-created_at", "-id")
    given = Token.objects.filter(user__person__uuid=person).select_related("client").order_by("-created_at", "-id")
    return [
        *(
            Fact(
                label=row.label,
                value=str(row),
                source=OWN,
                note=gettext("已吊销") if row.revoked_at else gettext("有效至 {day}").format(day=row.expires_at.date()),
                since=row.created_at,
            )
            for row in own[: asked.most]
        ),
        *(
            Fact(label=gettext("用本平台账号登录的系统"), value=row.client.name, source=OWN, since=row.created_at)
            for row in given[: asked.most]
        ),
    ]
