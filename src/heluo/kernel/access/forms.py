"""Forms of the sign-in, with our words and without links to doors that are closed."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, SetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm as SecondFactorForm
from allauth.mfa.base.forms import ReauthenticateForm as SecondFactorAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.pages.forms import PageForm

PASSKEY_NAME_LIMIT = 40
PASSWORD_HELP = _("至少 10 个字符，不要用常见密码，也不要与用户名相近。")


def code_field(label: Any) -> forms.CharField:
    """Where a six-digit code or a recovery code goes: phones show digits and offer the code they received."""
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "autofocus": True}),
    )


class Unprompted:
    """A form whose fields say their name once, above themselves, and not again inside."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Unprompted, LoginForm):  # type: ignore[misc]  # allauth has no types
    """Username and password."""

    password = PasswordField(label=_("密码"), autocomplete="current-password")
    remember = forms.BooleanField(label=_("在这台设备上保持登录 14 天（公用电脑请勿勾选）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["login"]
        name.label = _("用户名")
        name.widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "off",
            "spellcheck": "false",
            "autofocus": True,
            "maxlength": name.widget.attrs.get("maxlength", 40),
        }


class PasswordChangeForm(Unprompted, ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The old password once, the new one twice, and the two must differ."""

    oldpassword = PasswordField(label=_("当前密码"), autocomplete="current-password")
    password1 = SetPasswordField(label=_("新密码"), help_text=PASSWORD_HELP)
    password2 = PasswordField(label=_("再次输入新密码"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", get_adapter().validation_error("same_as_current"))
        return cleaned


class PasswordSetForm(Unprompted, SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    password1 = SetPasswordField(label=_("新密码"), help_text=PASSWORD_HELP)
    password2 = PasswordField(label=_("再次输入新密码"), autocomplete="new-password")


class PasswordAgainForm(Unprompted, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    password = PasswordField(label=_("密码"), autocomplete="current-password")


class SecondStepForm(SecondFactorForm):  # type: ignore[misc]  # allauth has no types
    code = code_field(_("验证码或恢复代码"))


class SecondStepAgainForm(SecondFactorAgainForm):  # type: ignore[misc]  # allauth has no types
    code = code_field(_("验证码或恢复代码"))


class AuthenticatorForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    code = code_field(_("验证器应用里的 6 位验证码"))


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(
        label=_("名称"), required=False, max_length=PASSKEY_NAME_LIMIT, help_text=_("例如“办公室电脑”，方便以后辨认。")
    )
    passwordless = forms.BooleanField(
        label=_("用它直接登录，不再输入密码"), required=False, help_text=_("需要这台设备支持指纹、面容或 PIN 码。")
    )


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(label=_("名称"), max_length=PASSKEY_NAME_LIMIT)


class TokenForm(PageForm):
    """A new bearer token."""

    label = forms.CharField(
        label=_("用途"), max_length=60, help_text=_("写明给哪个程序用，例如“教务系统同步”，以后好辨认和吊销。")
    )
    days = forms.TypedChoiceField(
        label=_("有效期"),
        coerce=int,
        choices=((30, _("30 天")), (90, _("90 天")), (365, _("1 年"))),
        initial=90,
        help_text=_("到期后自动失效。"),
    )


class ConsentForm(PageForm):
    """A guardian's decision. Agreeing takes a tick that nobody makes by mistake; withdrawing takes the button."""

    GIVE = "give"
    WITHDRAW = "withdraw"

    decision = forms.ChoiceField(choices=((GIVE, GIVE), (WITHDRAW, WITHDRAW)), widget=forms.HiddenInput)
    read = forms.BooleanField(label=_("我是孩子的监护人，已读完上面的告知，同意孩子使用平台。"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == self.GIVE and not cleaned.get("read"):
            self.add_error("read", _("请先读完告知，再勾选这一项。"))
        return cleaned


class ActivationForm(PageForm):
    """A code from the administrator for a password."""

    username = forms.CharField(
        label=_("用户名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    code = forms.CharField(
        label=_("激活码"),
        max_length=20,
        help_text=_("12 位字母和数字，由班主任或本单位管理员发给您，14 天内有效。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("新密码"),
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("再次输入新密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", _("两次输入的密码不一致。"))
        return cleaned


class SystemForm(PageForm):
    """Another system that shall sign people in here."""

    name = forms.CharField(label=_("系统名称"), max_length=100, help_text=_("用户登录时会看到，例如“市图书馆”。"))
    callbacks = forms.CharField(
        label=_("回调地址"),
        help_text=_("每行一个，由对方系统提供，例如 https://library.example/callback。"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_callbacks(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["callbacks"].splitlines() if line.strip()]
