"""Where allauth asks the house: closed sign-up, Chinese sentences, who may link what, keys and claims."""

import time
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heluo.kernel.access.access import needs_second_factor
from heluo.kernel.access.errors import SecondFactorKept, SecondFactorKeyMissing
from heluo.kernel.access.gates import SECOND_FACTORS
from heluo.kernel.access.models import SECRET_OF
from heluo.kernel.access.resolution import actor_for
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.people.crypto import KeyRing, load_ring, make_ring, open_ring
from heluo.kernel.people.errors import KeyMissing
from heluo.kernel.people.models import Account, Identifier
from heluo.kernel.people.public import needs_consent, set_password, wards_of

PROOFS = frozenset({"password", "mfa"})
"""Ways to sign in that show who sits there now; an outer sign-in may have passed without anybody looking."""
SEALED_FOR = "access.second_factor"


def seal(ring: KeyRing, secret: str) -> str:
    """The secret of an authenticator app or of recovery codes as the database keeps it: `key id:base64`."""
    return f"{ring.current}:{b64encode(ring.seal(secret, bound_to=SEALED_FOR)).decode()}"


def unseal(ring: KeyRing, sealed: str) -> str:
    """The secret again. Refusals: KeyMissing, Tampered."""
    key_id, _colon, body = sealed.partition(":")
    return ring.unseal(b64decode(body), key_id=key_id, bound_to=SEALED_FOR)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts come from the register, never from a form on the web."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("这个账号已停用。请联系本单位管理员。"),
        "enter_current_password": _("当前密码不对。"),
        "incorrect_code": _("验证码不对。请核对手机时间后再试。"),
        "incorrect_password": _("密码不对。"),
        "invalid_login": _("用户名或密码不对。"),
        "username_password_mismatch": _("用户名或密码不对。忘记密码请联系本单位管理员重置。"),
        "too_many_login_attempts": _("连续输错次数过多，为保护账号已暂停登录。请 5 分钟后再试。"),
        "rate_limited": _("请求过于频繁，请稍后再试。"),
        "same_as_current": _("新密码不能与当前密码相同。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("access:account")

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": gettext("用密码确认"),
            "mfa_reauthenticate": gettext("用验证码或恢复代码确认"),
            "mfa_reauthenticate:webauthn": gettext("用通行密钥确认"),
        }
        return [{**way, "description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whoever showed a password or a second factor minutes ago is not asked again, be it at sign-in or later."""
        wanted: bool = super().is_reauthentication_required(app=app, **more)
        request = context.request
        since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        shown = get_authentication_records(request, request.user)
        return wanted and not any(one["method"] in PROOFS and one["at"] > since for one in shown)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the workbench; a guardian whose child waits for a decision goes there first."""
        today = local_day(now())
        user = request.user
        waiting = user.is_authenticated and any(
            needs_consent(ward.child, on=today) for ward in wards_of(user.person, on=today)
        )
        return resolve_url("access:children" if waiting else settings.LOGIN_REDIRECT_URL)

    def set_password(self, user: Account, password: str) -> None:
        present = now()
        set_password(by=actor_for(user, on=local_day(present)), account=user, password=password, now=present)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Passkeys belong to the host people type; whoever needs a second factor keeps one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": SecondFactorKept.message,
        "cannot_generate_recovery_codes": _("请先开启两步验证，再生成恢复代码。"),
        "incorrect_code": _("验证码不对。请核对手机时间后再试。"),
    }

    def get_totp_issuer(self) -> str:
        return gettext("河洛教育平台")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "localhost", "name": gettext("河洛教育平台")}

    def encrypt(self, text: str) -> str:
        """Sealed with the ring of identifiers. A first ring is made only where nothing lies under a lost one."""
        is_used = Identifier.objects.exists() or Authenticator.objects.filter(type__in=SECRET_OF).exists()
        return seal(open_ring() if is_used else load_ring() or make_ring(), text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return unseal(open_ring(), encrypted_text)
        except KeyMissing as missing:
            raise SecondFactorKeyMissing(key=missing.details["key"]) from None

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        account: Account = authenticator.user
        if not needs_second_factor(actor_for(account, on=local_day(now())), account):
            return True
        others = Authenticator.objects.filter(user=account, type__in=SECOND_FACTORS).exclude(pk=authenticator.pk)
        return bool(others.exists())

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("通行密钥 {number}").format(number=count + 1)


class OuterSignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """An outer sign-in opens an account only after its owner linked the two; it never makes one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class ProviderAdapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth has no types
    """What we tell other systems about a person: the platform's id and, where agreed, name and posts."""

    scope_display = {
        "openid": _("您的平台身份编号"),
        "profile": _("您的姓名和用户名"),
        "roles": _("您的岗位和所在单位"),
    }

    def get_issuer(self) -> str:
        issuer: str = settings.PUBLIC_URL
        return issuer

    def get_user_sub(self, client: Client, user: Account) -> str:
        return str(user.person.uuid)

    def get_user_by_sub(self, client: Client, sub: str) -> Account | None:
        return Account.objects.filter(person__uuid=sub, is_active=True).select_related("person").first()

    def get_claims(
        self, purpose: str, user: Account, client: Client, scopes: Iterable[str], email: str | None = None, **more: Any
    ) -> dict[str, Any]:
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        if "profile" in scopes:
            claims |= {"name": user.person.name, "preferred_username": user.username}
        if "roles" in scopes:
            posts = actor_for(user, on=local_day(now())).posts
            claims["roles"] = [{"role": post.role.value, "organisation": post.organisation_name} for post in posts]
        return claims

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        data["scopes_supported"] = list(self.scope_display)
