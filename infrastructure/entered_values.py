"""Checks what people copy by hand, before it is stored or used: the address of a model's server, and its key."""

from ipaddress import ip_address
from urllib.parse import urlsplit

LONGEST_ADDRESS, LONGEST_KEY = 500, 1_000
"""Characters."""


def address(url: str) -> str:
    """An address without the spaces around it, and otherwise as it was given. Raises ValueError with a sentence."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is no number is noticed only when it is read
    except ValueError:
        raise ValueError("is no address: check its host and its port") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must begin with http:// or https://, and name a host")
    if any(mark.isspace() or not mark.isprintable() for mark in url):
        raise ValueError("must be one address, without spaces or line breaks")
    return url


def public_address(url: str) -> str:
    """An address that may be stored and shown: none with a password in it, none of the machine's own network.

    Raises ValueError.
    """
    url = address(url)
    if "@" in urlsplit(url).netloc:
        raise ValueError("must hold no name and no password: the key has a field of its own")
    if is_link_local(urlsplit(url).hostname or ""):
        raise ValueError("is an address that only this machine's network knows; no model answers there")
    return url


def key(text: str) -> str:
    """A key without the white space around it. It goes into an HTTP header: visible ASCII only. Raises ValueError."""
    text = text.strip()
    if any(not "!" <= mark <= "~" for mark in text):
        raise ValueError(
            "has a character that no key can have (a space, a line break, a long dash, a curly quote): copy it again"
        )
    return text


def is_link_local(host: str) -> bool:
    """Whether `host` is an address that only the machine's own network hands out, as clouds do for their secrets."""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_link_local or str(found) == "fd00:ec2::254"
