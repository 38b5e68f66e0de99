"""Keeps what stays on this machine away from proxies: HTTP clients look for them in the environment by themselves."""

import os

_HERE = ("localhost", "127.0.0.1", "::1")


def bypass_proxies() -> None:
    """Name this machine in NO_PROXY, for this process and those it starts. What is named there already stays."""
    named = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = [host.strip() for host in named.split(",") if host.strip()]
    if "*" in hosts:
        return
    value = ",".join(dict.fromkeys([*hosts, *_HERE]))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = value
