"""What the gateway refuses: to its programs in the standard's words, to people in ours."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from heluo.gateways.oneroster.enums import CodeMinor
from heluo.kernel.actors.errors import Refusal


class RosterRefusal(Refusal):
    """A "no" to a program; answered as `imsx_StatusInfo`. The message is in English, the language of the standard."""

    minor: ClassVar[CodeMinor]


class Unauthorised(RosterRefusal):
    status = 401
    code = "oneroster_unauthorised"
    minor = CodeMinor.UNAUTHORISED
    message = "A valid access token is needed: Authorization: Bearer."


class ScopeMissing(RosterRefusal):
    status = 403
    code = "oneroster_scope_missing"
    minor = CodeMinor.FORBIDDEN
    message = "The access token lacks the scope for this: {scopes}."


class UnknownObject(RosterRefusal):
    """Not there, or not below the client's organisation: the two look the same."""

    status = 404
    code = "oneroster_unknown_object"
    minor = CodeMinor.UNKNOWN
    message = "There is no such object."


class OnlyReading(RosterRefusal):
    status = 405
    code = "oneroster_only_reading"
    minor = CodeMinor.FORBIDDEN
    message = "This service is read-only: GET."


class BadFilter(RosterRefusal):
    status = 400
    code = "oneroster_bad_filter"
    minor = CodeMinor.FILTER
    message = "The filter cannot be used: {reason}."


class BadSelection(RosterRefusal):
    status = 400
    code = "oneroster_bad_selection"
    minor = CodeMinor.SELECTION
    message = "There is no field {name} to select."


class BadNumber(RosterRefusal):
    status = 422
    code = "oneroster_bad_number"
    minor = CodeMinor.DATA
    message = "{name} must be a whole number from {least} to {most}."


class Busy(RosterRefusal):
    status = 429
    code = "oneroster_busy"
    minor = CodeMinor.BUSY
    message = "Too many requests; try again in {seconds} seconds."


class ClientNameMissing(Refusal):
    status = 422
    code = "oneroster_client_name_missing"
    message = _("请写明接入方的名称，不超过 {longest} 个字。")


class NoScopes(Refusal):
    status = 422
    code = "oneroster_no_scopes"
    message = _("请至少选择一个授权范围。")


class AlreadyRevoked(Refusal):
    code = "oneroster_already_revoked"
    message = _("这个接入方已经停用。")


class ExportUnderWay(Refusal):
    code = "oneroster_export_under_way"
    message = _("{organisation}已有一份数据包正在生成，请稍后再试。")
