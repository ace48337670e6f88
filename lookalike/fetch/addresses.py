"""Which URLs and addresses may be fetched, beyond and within what ssrfguard decides."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_network
from urllib.parse import urlsplit

import ssrfguard
from ssrfguard import AddressTable, Block, Policy, Reach


def _strict_table() -> AddressTable:
    """Every special-purpose block is refused whole, wrappers of IPv4 addresses included.

    ssrfguard looks inside such wrappers and lets the public ones through, as well as a few
    anycast services; no picture is served from any of them.
    """
    refused = [replace(block, reach=Reach.DENIED) for block in ssrfguard.DEFAULT_DENIED.blocks]
    more = [
        ("168.63.129.16/32", "Cloud metadata (Azure wire server)", Reach.DENIED),
        ("2000::/3", "Global unicast", Reach.PERMITTED),
        ("::/0", "Not allocated", Reach.DENIED),
    ]
    return AddressTable(
        (*refused, *(Block(ip_network(net), name, "Lookalike", reach) for net, name, reach in more))
    )


STRICT_TABLE = _strict_table()

# The last label of a host that the C library or a browser would read as an IPv4 address.
NUMERIC_NAME = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$", re.IGNORECASE)


def is_numeric(url: str) -> bool:
    """Whether the host is an IPv4 address in one of its odd spellings, such as 2130706433."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        return False
    web = parts.scheme.lower() in {"http", "https"} and parts.username is None
    return web and NUMERIC_NAME.search(host) is not None


def complaint(url: str, policy: Policy) -> str:
    """What is wrong with a URL that ssrfguard refused, for a person."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "That is not a well-formed web address."
    if parts.scheme.lower() not in policy.allowed_schemes:
        return "Only addresses that start with http:// or https:// are fetched."
    if parts.username is not None or parts.password is not None:
        return "Addresses with a user name or password are not fetched; remove that part."
    if port is not None and port not in policy.allowed_ports:
        return f"Only ports 80 and 443 are fetched, not {port}; see the setting fetch_any_port."
    return "That is not a well-formed web address."


def host_of(url: str) -> str:
    """The host of a URL, for a message."""
    return (urlsplit(url).hostname or "")[:100]


def forbidden(host: str) -> str:
    """The message for an address that is not public; it tells nothing of the inner network."""
    return f"{host} does not lead to a public address, so it is not fetched."
