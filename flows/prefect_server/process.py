"""The embedded Prefect server's process: uvicorn, its modules loaded before Python looks for unreachable cycles."""

import gc

from infrastructure.concurrency.garbage import no_cycle_collection


def main() -> None:
    """Takes uvicorn's arguments; returns when the server has stopped."""
    with no_cycle_collection():  # what is imported stays: looking through it takes a sixth of the start
        import prefect.server.api.server  # noqa: F401, PLC0415
        import uvicorn  # noqa: PLC0415
    gc.freeze()
    uvicorn.main()


if __name__ == "__main__":
    main()
