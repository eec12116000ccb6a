"""Nothing about people is held here but what the public catalogue says of its authors."""

from heluo.kernel.holdings.public import not_told

not_told("offline.Item.entry", because="The catalogue entry that was packed.")
not_told("offline.Package.uuid", because="A package, not a person.")
