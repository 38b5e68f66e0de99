"""The embedded Prefect server: a child process on its own SQLite file. How to start it; imports no Prefect itself."""

import os
import sys
from pathlib import Path
from urllib.parse import quote

READY_PATH = "/health"
"""Below the API's address; answers 200 once migrations have run (about 11 s the first time, 7 s later)."""


def api_url(port: int) -> str:
    """What PREFECT_API_URL is for a server on this loopback port."""
    return f"http://127.0.0.1:{port}/api"


def server_command(home: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """(argv, environment) of a Prefect server that keeps everything in `home` and listens on a loopback `port`.

    SIGTERM ends it within seconds. The process is uvicorn itself (process.py): `prefect server start` would hold a
    second interpreter around it.
    """
    # whatever Prefect this machine is set up for otherwise has no say in ours
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = inherited | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api_url(port),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{quote(str(home / 'prefect.db'))}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
        # its default lets the page of any site, open in a browser on this machine, read and change every run
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "https://nobody.invalid",
        "DO_NOT_TRACK": "1",
        # No scheduler, late runs, foreman, triggers, event persister, pause expirations: runs are created by our
        # reactions, waits expire in our own table, and the wait protocol is answered by the API alone.
        "PREFECT__SERVER_WEBSERVER_ONLY": "1",
        "PREFECT__SERVER_FINAL": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    argv = [sys.executable, "-m", "flows.prefect_server.process", "--factory", "prefect.server.api.server:create_app"]
    argv += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log"]
    argv += ["--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "2"]
    return argv, environment
