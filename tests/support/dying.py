"""Callbacks or a worker as a process of its own that SIGKILLs itself at one named step: no cleanup, no luck."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from application.writers import Writer
from infrastructure.settings import Settings
from tests.support.short_leases import shorten
from tests.support.writer import ScriptedWriter

ROOT = Path(__file__).parents[2]
LEASE_SECONDS = 2.0
"""Short, so that tests need not wait for the real one to run out."""


def start_dying(
    role: str, step: str, database_url: str, redis_url: str, prefect_url: str, *, model_url: str = ""
) -> subprocess.Popen[bytes]:
    """With `model_url` the worker's writer is a model at that address, else a scripted one."""
    arguments = [role, step, database_url, redis_url, prefect_url, model_url]
    return subprocess.Popen([sys.executable, "-m", __name__, *arguments], cwd=ROOT)


def die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def at(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Die on coming to `owner.name`, the first time that `when` holds."""
    real = getattr(owner, name)

    async def gate(*arguments: Any, **options: Any) -> Any:
        if when(*arguments, **options):
            die()
        return await real(*arguments, **options)

    setattr(owner, name, gate)


def after(owner: Any, name: str) -> None:
    """Die when `owner.name` has returned."""
    real = getattr(owner, name)

    async def gate(*arguments: Any, **options: Any) -> Any:
        await real(*arguments, **options)
        die()

    setattr(owner, name, gate)


def second_time() -> Callable[..., bool]:
    seen: list[int] = []

    def again(*_: Any, **__: Any) -> bool:
        seen.append(1)
        return len(seen) > 1

    return again


def plan(role: str, step: str) -> None:
    import flows.execution.executor
    import flows.workflow.wait_for_user_input
    from application.handle_command import CommandHandler
    from flows.callbacks.service import PrefectCallbackService
    from flows.prefect_server.client import Runs
    from flows.wait.handles import Handles
    from flows.wait.resume import Resumer
    from infrastructure.work.task_store import Tasks

    def decided(_: Any, messages: Any) -> bool:
        return any(message.event_type == "GenerationRequested" for message in messages)

    steps: dict[tuple[str, str], Callable[[], None]] = {
        ("callbacks", "before the signal"): lambda: at(Handles, "signal"),
        ("callbacks", "between signal and resume"): lambda: at(Resumer, "resume"),
        ("callbacks", "between Prefect's accept and our row"): lambda: after(Runs, "resume"),
        ("callbacks", "before the checkpoint"): lambda: _after_when(PrefectCallbackService, "take_all", decided),
        ("worker", "between claim and Pending"): lambda: at(Runs, "claim"),
        ("worker", "between Pending and the first line"): lambda: at(flows.execution.executor, "run_flow_async"),
        ("worker", "between handle and suspension"): lambda: at(
            flows.workflow.wait_for_user_input, "asuspend_flow_run"
        ),
        ("worker", "between Prefect's accept and confirmation"): lambda: at(Resumer, "confirm"),
        ("worker", "between resume and the first line"): lambda: at(
            flows.execution.executor, "run_flow_async", second_time()
        ),
        ("worker", "between answer and kept result"): lambda: at(Tasks, "keep_result"),
        ("worker", "between kept result and outcome"): lambda: at(CommandHandler, "handle"),
        ("worker", "between outcome and the task's end"): lambda: at(Tasks, "finish"),
    }
    steps[role, step]()
    shorten(LEASE_SECONDS)


def _after_when(owner: Any, name: str, when: Callable[..., bool]) -> None:
    real = getattr(owner, name)

    async def gate(*arguments: Any, **options: Any) -> Any:
        await real(*arguments, **options)
        if when(*arguments, **options):
            die()

    setattr(owner, name, gate)


def _writer(model_url: str) -> Writer:
    if not model_url:
        return ScriptedWriter()
    from infrastructure.writers.model.writer import ModelWriter

    return ModelWriter(Settings(model="openai:gpt-4o", model_base_url=model_url, model_api_key=SecretStr("a-key")))


async def main(role: str, step: str, *urls: str) -> None:
    from flows.callbacks import service
    from flows.execution import executor
    from tests.support.workshop import settings_for

    plan(role, step)
    database_url, redis_url, prefect_url, model_url = urls
    settings, stop = settings_for(database_url, redis_url, prefect_url), asyncio.Event()
    if role == "callbacks":
        await service.run(settings, stop)
    else:
        await executor.run(settings, stop, writer=_writer(model_url))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
