"""Nothing is held here: the register is told as it stands, and each number in clear is noted by `people`."""

from heluo.kernel.holdings.public import not_told

not_told("jyt1002.Package.asked_by", because="Who ordered a package; told among their deeds.")
