"""Nothing here is about a person."""

from heluo.kernel.holdings.public import not_told

not_told("nodes.Incoming.jti", because="The number of a message between two nodes, not a person.")
