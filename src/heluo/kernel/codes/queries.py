"""Reads of the code tables. Codes are public knowledge: nothing here is narrowed by rights."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from heluo.kernel.codes.errors import UnknownCode
from heluo.kernel.codes.models import Code, CodeSet, RuleFigure, in_force
from heluo.kernel.codes.tables import Edition, tables


def code_sets() -> QuerySet[CodeSet]:
    """All code sets with the number of their codes (`code_count`) and of unverified ones (`unverified_count`)."""
    return CodeSet.objects.annotate(
        code_count=Count("codes"), unverified_count=Count("codes", filter=Q(codes__is_verified=False))
    )


def code_set(key: str, *, on: date) -> CodeSet:
    """The newest edition of a table in force on a day. An unknown key is a bug of the caller."""
    return _edition(key, on).code_set


def code_set_at(key: str, version: str) -> CodeSet | None:
    """One edition of a table."""
    return CodeSet.objects.filter(key=key, version=version).first()


def codes_of(key: str, *, on: date) -> list[Code]:
    """The codes of a table in force on a day, in published order."""
    return list(_edition(key, on).codes.values())


def code_of(key: str, value: str, *, on: date) -> Code:
    """One code of a table, or a refusal that names the table."""
    edition = _edition(key, on)
    if value not in edition.codes:
        raise UnknownCode(found=value, title=str(edition.code_set))
    return edition.codes[value]


def names_of(key: str, *, on: date) -> dict[str, str]:
    """Code value → name in the reader's language."""
    return {code.value: str(code) for code in codes_of(key, on=on)}


def figure(key: str, *, on: date) -> int:
    """The value of a rule figure on a day."""
    found = RuleFigure.objects.filter(in_force(on), key=key).order_by("-valid_from").first()
    if found is None:
        raise LookupError(f"no rule figure {key!r} in force on {on}")
    return found.value


def _edition(key: str, on: date) -> Edition:
    for edition in tables().get(key, ()):
        if edition.is_in_force(on):
            return edition
    raise LookupError(f"no code set {key!r} in force on {on}")
