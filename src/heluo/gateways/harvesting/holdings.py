"""Nothing about people is held here but what public catalogues say of their authors."""

from heluo.kernel.holdings.public import not_told

not_told("harvesting.Arrival.entry", because="The catalogue entry a record became.")
