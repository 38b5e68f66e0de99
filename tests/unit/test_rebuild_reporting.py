"""How far a rebuild is, as it is told: a rate of what was done just now, an estimate, and nothing hidden."""

import io
import logging
import re
import sys
import time
from dataclasses import replace

import orjson
import pytest
from rich.console import Console

from cli.rebuild_reporting import line_of, reporter
from infrastructure.read_side.rebuild_progress import Meter, RebuildProgress


def test_the_rate_is_of_this_run_and_of_late(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    told: list[RebuildProgress] = []
    meter = Meter(told.append)
    meter.begin(10_000, resumed=5_000)
    assert told[-1] == RebuildProgress("copy", 5_000, 10_000, None, None)
    now[0] += 2
    meter.advance(1_000)
    assert (told[-1].rate, told[-1].eta) == (500.0, 8.0)
    for _ in range(20):
        now[0] += 1
        meter.advance(100)
    assert told[-1].rate == pytest.approx(100.0)
    assert told[-1].done == 8_000
    meter.advance(3_000)
    assert told[-1].total == 11_000, "what is written meanwhile counts as well"


def test_a_plain_line_says_share_rate_and_time_left() -> None:
    assert line_of(RebuildProgress("copy", 12_000, 51_000, 9_100.4, 4.3)) == (
        "12,000 of 51,000 events (23 %), 9,100 a second, 4 s left"
    )
    assert line_of(RebuildProgress("copy", 0, 0, None, None)) == "0 of 0 events"


def test_a_rebuild_that_gives_way_to_live_events_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    now: list[RebuildProgress] = []
    meter = Meter(now.append)
    meter.begin(400)
    meter.advance(100, 0.25)
    assert line_of(replace(now[-1], rate=None, eta=None)) == (
        "100 of 400 events (25 %); live events are 250 ms late: gives way"
    )
    with reporter(Console(), as_json=True) as told:
        told.progress("novels", now[-1])
    assert orjson.loads(capsys.readouterr().out)["gives_way_to_ms"] == 250
    meter.advance(100)
    assert now[-1].late is None, "it does no longer"


def test_a_bar_hides_no_line_of_the_log_and_no_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    handler = logging.StreamHandler(sys.stderr)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        console = Console(file=screen, force_terminal=True, width=100)
        with reporter(console, as_json=False) as told:
            told.progress("novels", RebuildProgress("copy", 10, 100, 5.0, 18.0))
            logging.getLogger("somebody").error("the disk is nearly full")
            told.say("It [begins] anew.")
            told.progress("novels", RebuildProgress("compare", 100, 100, 5.0, 0.0))
            told.pause()
            assert handler.stream is screen, "as it was"
    finally:
        root.removeHandler(handler)
    lines = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line).strip("\r ") for line in screen.getvalue().splitlines()]
    assert "the disk is nearly full" in lines
    assert "It [begins] anew." in lines
    assert any(line.startswith("novels: compare") for line in lines)
