"""Every write of data quality: one function per use case."""

from heluo.domains.quality.actions.answering import check_again, excuse_ticket, explain_ticket, refuse_explanation
from heluo.domains.quality.actions.running import carry_out_run, order_run
from heluo.domains.quality.actions.setting import load_rules, set_rule

__all__ = [
    "carry_out_run",
    "check_again",
    "excuse_ticket",
    "explain_ticket",
    "load_rules",
    "order_run",
    "refuse_explanation",
    "set_rule",
]
