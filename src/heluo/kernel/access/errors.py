"""Refusals at the door."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class TokenRefused(Refusal):
    """Unknown, expired and revoked look the same, so that nobody can try out which tokens once existed."""

    status = 401
    code = "token_refused"
    message = _("访问令牌无效或已过期。请在“我的账号 → 访问令牌”里重新签发。")


class TokenInAddress(Refusal):
    """RFC 6750, 5.3: a token in an address ends up in logs and histories."""

    status = 400
    code = "token_in_address"
    message = _("访问令牌不能写在网址里。请放在 Authorization 请求头中，并尽快吊销这个令牌。")


class TooManyRequests(Refusal):
    status = 429
    code = "too_many_requests"
    message = _("请求过于频繁。请在 {seconds} 秒后再试。")


class CrossSiteRequest(Refusal):
    status = 403
    code = "cross_site_request"
    message = _("页面已过期，或请求来自别的网站。请刷新页面后重试。")


class PasswordChangeNeeded(Refusal):
    status = 403
    code = "password_change_needed"
    message = _("请先登录网页，修改初始密码。")


class SecondFactorNeeded(Refusal):
    status = 403
    code = "second_factor_needed"
    message = _("您的岗位需要两步验证。请先登录网页，完成两步验证设置。")


class SecondFactorKept(Refusal):
    status = 403
    code = "second_factor_kept"
    message = _("您的岗位必须保留至少一种两步验证方式。请先添加另一种，再移除这一种。")


class SecondFactorKeyMissing(Refusal):
    """The data was restored or moved without the keys that secrets of second factors are sealed with."""

    status = 503
    code = "second_factor_key_missing"
    message = _(
        "核对验证码用的密钥 {key} 不在这台机器上，暂时只能用通行密钥登录。"
        "请联系运维人员：把备份的密钥文件 keys/identifiers.json 放回数据文件夹，或重置这个账号。"
    )


class ConsentNeeded(Refusal):
    status = 403
    code = "consent_needed"
    message = _("未满 14 周岁的同学需要监护人同意后才能使用。")


class LifetimeTooLong(Refusal):
    status = 422
    code = "lifetime_too_long"
    message = _("有效期最长 {days} 天。")


class TooManyTokens(Refusal):
    status = 409
    code = "too_many_tokens"
    message = _("最多同时持有 {limit} 个有效令牌。请先吊销不再使用的令牌。")


class NotYourPermission(Refusal):
    status = 422
    code = "not_your_permission"
    message = _("令牌的权限不能超出您本人的权限。")


class AddressNotSecure(Refusal):
    status = 422
    code = "address_not_secure"
    message = _(
        "“{address}”不能用作回调地址：应为完整的 https:// 网址，不带 # 和通配符；只有本机调试可用 http://localhost。"
    )


class NotAnOfficer(Refusal):
    status = 422
    code = "not_an_officer"
    message = _("“{role}”不是管理岗位，不能这样开通账号。请由所在单位的管理员登记。")


class AccountClosed(Refusal):
    code = "account_closed"
    message = _("账号“{username}”已停用，不能重置。")
