"""Everything that knows Prefect: the genesis workflow, waiting, callbacks, executor, and its embedded server.

Prefect reads its settings from the environment when it is first imported, so ours are put there here, before any import
of it: the one module of the studio whose import changes something. What the environment says already stays.
"""

import os
import tempfile
from pathlib import Path

_HOME = os.environ.get("GENESIS_HOME")
_OURS = {
    # nothing of ours is kept there, but Prefect makes the folder when it is imported, and says so loudly if it cannot
    "PREFECT_HOME": str(
        Path(_HOME) / "prefect" if _HOME else Path(tempfile.gettempdir()) / f"genesis-prefect-{os.getuid()}"
    ),
    # Prefect logs tracebacks with values into its database and onto terminals; our own logs say what happened
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",  # one round trip per run
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # no address must never mean "start a server of your own"
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
for _name, _value in _OURS.items():
    os.environ.setdefault(_name, _value)
