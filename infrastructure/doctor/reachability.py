"""Says why a server cannot be used: nobody listens, there is no such host, no answer in time, or a refusal."""

import asyncio
import socket

PATIENCE = 5.0
"""Seconds that one server is given to take a connection, and as many again to answer."""

SLOW = f"it takes connections and does not answer within {PATIENCE:.0f} s: it is overloaded, or hangs"


async def unreachable(host: str, port: int) -> str | None:
    """Why no connection can be had to `host` (a path: a Unix socket); None: somebody takes it."""
    place = host if host.startswith("/") else f"{host}:{port}"
    try:
        async with asyncio.timeout(PATIENCE):
            if host.startswith("/"):
                _, writer = await asyncio.open_unix_connection(host)
            else:
                _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return f"it cannot be reached: {place} takes no connection within {PATIENCE:.0f} s"
    except socket.gaierror:
        return f"it cannot be reached: there is no host called {host}"
    except FileNotFoundError:
        return f"it cannot be reached: there is no socket {place}"
    except ConnectionRefusedError:
        return f"it cannot be reached: nothing listens at {place}"
    except OSError as error:
        return f"it cannot be reached at {place}: {error.strerror or type(error).__name__}"
    writer.close()
    return None
