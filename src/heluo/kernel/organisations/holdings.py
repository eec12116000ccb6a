"""Nothing is held here about people."""

from heluo.kernel.holdings.public import not_told

not_told("organisations.OrganisationChange.by_person", because="Who changed an organisation; told among their deeds.")
