"""Nothing is held here that the domain of a thing does not tell."""

from heluo.kernel.holdings.public import not_told

not_told(
    "catalogue.Entry.creator_id",
    "catalogue.EntryVersion.creator_id",
    "catalogue.EntryVersion.published_by",
    because="Repeats who made and published a thing, which its domain tells.",
)
not_told("catalogue.Entry.thumbnail", "catalogue.EntryVersion.thumbnail", because="A stored file, not a person.")
