"""Nothing is held here: the register is told as it stands."""

from heluo.kernel.holdings.public import not_told

not_told("oneroster.Export.asked_by", because="Who ordered a bulk file; told among their deeds.")
