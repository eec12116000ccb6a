"""Nothing here is about a person; who issued an order stands in the audit log and in its history by name."""

from heluo.kernel.holdings.public import not_told

not_told("allocations.Order.uuid", because="The identifier of an order, not a person.")
