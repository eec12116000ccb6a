"""Rules and how they are set. They are no secret to whoever sees what they find."""

from django.db.models import QuerySet

from heluo.domains.quality.models import Rule, RuleSetting
from heluo.kernel.actors.errors import NotFound


def settings_in_force() -> dict[int, RuleSetting]:
    """The newest setting of each rule, by the rule's key, in one query."""
    newest = RuleSetting.objects.order_by("rule_id", "-id").distinct("rule_id")
    return {setting.rule_id: setting for setting in newest}


def rules_with_settings() -> list[tuple[Rule, RuleSetting]]:
    """Every rule in its order, with its setting."""
    settings = settings_in_force()
    return [(rule, settings[rule.pk]) for rule in Rule.objects.order_by("position", "pk")]


def rule_named(key: str) -> Rule:
    found = Rule.objects.filter(key=key).first()
    if found is None:
        raise NotFound
    return found


def settings_of(rule: Rule) -> QuerySet[RuleSetting]:
    """Every setting a rule ever had, newest first."""
    return rule.settings.order_by("-id")
