"""The kinds of notices there are, each with its sentence; registered by the app that tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from heluo.kernel.pages.enums import Tone

Parameters = Mapping[str, str]


def as_told(parameters: Parameters) -> Parameters:
    return parameters


@dataclass(frozen=True, slots=True)
class Kind:
    """What a notice of this kind is called, and its sentence, with the parameters in braces.

    `said` gives the parameters in the reader's language.
    """

    code: str
    title: str | Promise
    sentence: str | Promise
    tone: Tone
    said: Callable[[Parameters], Parameters]

    def words(self, parameters: Parameters) -> str:
        return str(self.sentence).format(**self.said(parameters))


_kinds: dict[str, Kind] = {}


def notice_kind(
    code: str,
    *,
    title: str | Promise,
    sentence: str | Promise,
    tone: Tone = Tone.INFO,
    said: Callable[[Parameters], Parameters] = as_told,
) -> None:
    """Register a kind, `<app>.<what>`, from an app's `listeners.py`."""
    if code in _kinds:
        raise ImproperlyConfigured(f"notices of the kind {code!r} are registered twice")
    _kinds[code] = Kind(code, title, sentence, tone, said)


def kind_named(code: str) -> Kind | None:
    """A kind; none where no app tells of it any more."""
    return _kinds.get(code)
