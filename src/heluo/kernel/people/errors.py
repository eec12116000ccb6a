"""Why something cannot be done with a person, an account or an identifier."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class PersonNameMissing(Invalid):
    code = "person_name_missing"
    message = _("请填写姓名，不超过 {longest} 个字。")


class BornInTheFuture(Invalid):
    code = "born_in_the_future"
    message = _("出生日期晚于今天。请核对。")


class NumberMissing(Invalid):
    code = "number_missing"
    message = _("请至少填写一个号码（{kinds}），否则无法判断此人是否已经登记。")


class SexMismatch(Invalid):
    code = "sex_mismatch"
    message = _("性别与居民身份证号不一致。请核对二者。")


class CannotEnrol(Refusal):
    code = "cannot_enrol"
    message = _("没有登记：{why}。请核对姓名和号码。")


class NotAClassHere(Invalid):
    code = "not_a_class_here"
    message = _("这个班级不属于“{school}”。请重新选择。")


class NothingCorrected(Refusal):
    code = "nothing_corrected"
    message = _("填写的内容与登记的一样，没有可更正的。")


class CorrectionReasonMissing(Invalid):
    code = "correction_reason_missing"
    message = _("更正要写明依据，至少 {shortest} 个字。依据会记入审计。")


class UsernameTaken(Refusal):
    code = "username_taken"
    message = _("用户名“{username}”已有人使用，请换一个。")


class UsernameMalformed(Invalid):
    code = "username_malformed"
    message = _("用户名“{username}”不可用：应为 3 到 40 位小写字母、数字、点、横线或下划线，以字母开头。")


class RoleDoesNotFit(Invalid):
    code = "role_does_not_fit"
    message = _("“{organisation}”不能设“{role}”。请选择与单位相符的角色。")


class PostAlreadyHeld(Refusal):
    code = "post_already_held"
    message = _("{person}从这一天起已在“{organisation}”担任“{role}”。")


class PostEnded(Refusal):
    code = "post_ended"
    message = _("这项任职已经在 {day} 结束。")


class EndsBeforeItStarts(Invalid):
    code = "ends_before_it_starts"
    message = _("结束日期不能早于开始日期 {day}。")


class AlreadyInAClass(Refusal):
    code = "already_in_a_class"
    message = _("{person}已在一个班级里。请先办理转班，再编入新班。")


class NotAPupilHere(Invalid):
    code = "not_a_pupil_here"
    message = _("{person}不是“{school}”的学生，不能编入它的班级。")


class NotATeacherHere(Invalid):
    code = "not_a_teacher_here"
    message = _("{person}不是“{school}”的教师，不能在它的班级任课。")


class HomeroomTaken(Refusal):
    code = "homeroom_taken"
    message = _("这个班级已有班主任。请先结束现任班主任的任课。")


class AlreadyGuardian(Refusal):
    code = "already_guardian"
    message = _("{guardian}已登记为{child}的监护人。")


class OwnGuardian(Invalid):
    code = "own_guardian"
    message = _("一个人不能登记为自己的监护人。")


class NotTheGuardian(Refusal):
    status = 403
    code = "not_the_guardian"
    message = _("只有登记在册的监护人可以作这个决定。请联系孩子所在学校核对监护关系。")


class NothingToWithdraw(Refusal):
    code = "nothing_to_withdraw"
    message = _("目前没有有效的同意可以撤回。")


class IdentifierTaken(Refusal):
    code = "identifier_taken"
    message = _("这个{kind}已登记在另一个人名下。请核对号码；如确属重号，请联系上级学籍管理员。")


class WrongPhone(Invalid):
    code = "wrong_phone"
    message = _("手机号应为 11 位数字，以 1 开头。")


class AccountStillUsed(Refusal):
    code = "account_still_used"
    message = _("账号的持有人还有任职、学生或监护人身份，账号不能删除。请先结束这些身份。")


class BirthdayMismatch(Invalid):
    code = "birthday_mismatch"
    message = _("{kind}里的出生日期与登记的出生日期不一致。请核对二者。")


class RevealReasonMissing(Invalid):
    code = "reveal_reason_missing"
    message = _("查看原文要写明事由，至少 {shortest} 个字。事由会记入审计。")


class KeyMissing(Refusal):
    """The data was restored or moved without the keys of its identifiers."""

    status = 503
    code = "key_missing"
    message = _(
        "加密号码用的密钥 {key} 不在这台机器上，号码暂时只能显示脱敏形式，也不能新登记。"
        "请把备份的密钥文件 keys/identifiers.json 放回数据文件夹。"
    )


class KeysExposed(Refusal):
    status = 503
    code = "keys_exposed"
    message = _("密钥文件 {path} 可以被其他系统用户读取，已停用。请把它的权限改为 0600。")


class KeysUnreadable(Refusal):
    status = 503
    code = "keys_unreadable"
    message = _("密钥 {path} 的内容无法读取。请从备份恢复。")


class KeysElsewhere(Refusal):
    code = "keys_elsewhere"
    message = _(
        "密钥来自环境变量 IDENTIFIER_KEYS，平台不能自己更换。请在其中加入新密钥并设为当前密钥，重启后再运行一次。"
    )


class KeysChanging(Refusal):
    status = 503
    code = "keys_changing"
    message = _("号码的密钥正在更换，暂时不能与登记核对。请几分钟后再试。")


class ListsClash(Refusal):
    code = "lists_clash"
    message = _("名册里有 {count} 处与登记或其他行冲突，不能写入。请先核对。")


class TooManyEnd(Refusal):
    """Lists that would end a large part of a school are more often wrong than right."""

    code = "too_many_end"
    message = _(
        "这份名册会结束“{school}”{ended} 名{role}（共 {here} 名），达到 {percent}%。"
        "请核对名册是否完整，确认后写明事由。"
    )


class Tampered(Refusal):
    status = 500
    code = "tampered"
    message = _("这个号码的密文与密钥或登记人对不上，可能被改动过。请联系运维人员核查。")


class WeakPassword(Invalid):
    code = "weak_password"
    message = _("这个密码不够安全：{problems}")


class ActivationRefused(Refusal):
    status = 422
    code = "activation_refused"
    message = _("用户名或激活码不对，或激活码已经用过、过期。请向发码的管理员索取新码。")
