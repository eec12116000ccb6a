"""Nothing here is about a person; who issued an order stands in the audit log and in its history by name."""

from heluo.kernel.holdings.public import not_told

not_told("allocations.Received.uuid", because="The identifier of an order of another node, not a person.")
not_told("allocations.ReceivedItem.identifier", because="A thing in the catalogue, not a person.")
