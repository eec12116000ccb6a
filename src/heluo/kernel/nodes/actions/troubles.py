"""Counting what goes wrong."""

from datetime import datetime

from django.db import connection

from heluo.kernel.nodes.enums import Fault
from heluo.kernel.nodes.models import Node

NOTE = """
    INSERT INTO nodes_trouble (node_id, fault, count, first_at, last_at) VALUES (%s, %s, 1, %s, %s)
    ON CONFLICT (node_id, fault) DO UPDATE SET count = nodes_trouble.count + 1, last_at = excluded.last_at
"""


def note_trouble(*, node: Node | None, fault: Fault, now: datetime) -> None:
    """Count a fault with a node, or with somebody who is none. A stranger can make the count grow, never the table."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [node.pk if node else None, fault.value, now, now])
