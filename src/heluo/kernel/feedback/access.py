"""Who may give feedback and who moderates it."""

from enum import StrEnum

from heluo.kernel.actors.public import Actor, HasPath, allows


class Permission(StrEnum):
    GIVE = "feedback.give"
    MODERATE = "feedback.moderate"


def can_moderate(actor: Actor, subject: HasPath) -> bool:
    return allows(actor, Permission.MODERATE, on=subject)
