"""Tells why a command failed, from what it printed: a full disk, the network, no wheel for this machine, or none known.

Only a command that downloads can have failed of the network. Anything else speaks for itself: its last lines are shown.
"""

import re

_DISK = (
    (
        r"No space left on device|ENOSPC|Errno 28\b|[Dd]is[kc] quota exceeded|EDQUOT",
        "The disk is full. Make room (the packages take about 1.5 GB), then run the same command again.",
    ),
)
_ACCESS = (
    (
        r"Read-only file system|EROFS",
        "This folder cannot be written. Run `make setup` where it can be; after that it may be read-only.",
    ),
    (
        r"Permission denied|EACCES|Errno 13\b|Operation not permitted|EPERM",
        "Something may not be written, read or run by this account (the lines above name it).",
    ),
)
_DOWNLOADING = (
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch|EINTEGRITY",
        "What was downloaded is not what the lock file names, so it was not installed: a mirror or a proxy changed it.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|UnknownIssuer|invalid peer certificate"
        r"|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)",
        "The server's certificate was not believed. Behind a proxy that opens connections, name its certificate:\n"
        "pip config set global.cert FILE, and npm config set cafile FILE.",
    ),
    (
        r"Temporary failure in name resolution|Name or service not known|nodename nor servname|getaddrinfo|dns error"
        r"|Could not resolve|ENOTFOUND|EAI_AGAIN|Network is unreachable|ENETUNREACH|No route to host|EHOSTUNREACH"
        r"|Connection refused|ECONNREFUSED|Connection reset|ECONNRESET|ETIMEDOUT|[Tt]imed out|ReadTimeout"
        r"|ConnectTimeout|NewConnectionError|error sending request|client error \(Connect\)|ConnectionError"
        r"|Connection aborted|IncompleteRead|socket hang up|tunnel|50[234] (Bad Gateway|Service|Gateway)",
        "The network is the reason. The same command tries again, and goes on where this stopped.",
    ),
    (
        r"No matching distribution|no wheels? (with|for|are)|has no wheels|[Nn]o solution found"
        r"|Failed to build|command '?\S*(gcc|cc|clang|c\+\+)'? failed|EBADPLATFORM",
        "A package has no ready-made form for this machine (docs/operations.md says which machines are supported).",
    ),
)


def cause(output, downloads):
    """A sentence about the reason, or None when the output has to speak for itself. `output`: str."""
    for pattern, sentence in _DISK + (_DOWNLOADING if downloads else ()) + _ACCESS:
        if re.search(pattern, output):
            return sentence
    return None
