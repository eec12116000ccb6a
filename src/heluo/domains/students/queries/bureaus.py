"""Which bureau a school answers to."""

from heluo.kernel.organisations.enums import OrganisationKind
from heluo.kernel.organisations.models import Organisation


def bureau_above(school: Organisation) -> Organisation:
    """The nearest bureau above a school or a teaching point."""
    keys = [int(step) for step in school.path.split(".") if step]
    return Organisation.objects.filter(pk__in=keys, kind=OrganisationKind.BUREAU).order_by("-path").first() or school
