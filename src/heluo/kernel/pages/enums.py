"""Stable codes of how things look."""

from enum import StrEnum


class Tone(StrEnum):
    """What a state means to its reader; gives `state_badge` its colour and icon."""

    NEUTRAL = "neutral"
    INFO = "info"
    WAITING = "waiting"
    SUCCESS = "success"
    DANGER = "danger"
