"""What other floors may ask of orders."""

from uuid import UUID

from heluo.domains.allocations.models import OrderItem


def entries_of_order(uuid: UUID) -> list[UUID]:
    """The identifiers that an order of this node holds, in its order; nothing where there is no such order."""
    return list(OrderItem.objects.filter(order__uuid=uuid).values_list("entry__uuid", flat=True))


__all__ = ["entries_of_order"]
