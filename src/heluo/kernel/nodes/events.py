"""What happened between nodes."""

from dataclasses import dataclass

from heluo.kernel.events.registry import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeJoined(Event):
    """A node and this one exchange messages from now on."""

    name = "nodes.node_joined"

    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEnded(Event):
    """A node and this one exchange messages no longer."""

    name = "nodes.node_ended"

    domain: str
