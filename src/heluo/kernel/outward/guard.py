"""Which addresses the platform may connect to at somebody else's wish."""

import ipaddress
import socket
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from heluo.kernel.outward.enums import Trouble
from heluo.kernel.outward.errors import Unreachable

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
WEB_PORTS = frozenset({80, 443})
UNRESERVED_FROM = 1024
"""Below this port other services listen, which a request must not be smuggled to."""
METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Answers machines in a cloud about themselves, from an address that looks public."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def reachable(host: str, port: int, *, allowed: Collection[Network]) -> list[str]:
    """The addresses of a host that may be connected to, as the resolver orders them. Raises `Unreachable`."""
    if port not in WEB_PORTS and port < UNRESERVED_FROM:
        raise Unreachable(Trouble.FORBIDDEN)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise Unreachable(Trouble.MALFORMED) from None
    except OSError:
        raise Unreachable(Trouble.UNKNOWN_HOST) from None
    texts = dict.fromkeys(str(entry[4][0]) for entry in found)
    permitted = [text for text in texts if may_reach(ipaddress.ip_address(text), allowed=allowed)]
    if not permitted:
        raise Unreachable(Trouble.FORBIDDEN)
    return permitted


def may_reach(address: Address, *, allowed: Collection[Network]) -> bool:
    """Whether an address, and every address that hides in it, is public, or in a network that is allowed."""
    return all(
        any(one in network for network in allowed) or (one.is_global and not one.is_multicast and one not in METADATA)
        for one in _meant(address)
    )


def _meant(address: Address) -> Iterator[Address]:
    """Where a packet may end: the address, or the IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    else:
        yield address
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)
