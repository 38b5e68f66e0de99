"""The script in docs/ that analysts start from does what it says, on two fresh exports."""

import subprocess
import sys
from pathlib import Path

from tests.support.exports import ANN, BOB, exported, write_sessions

SCRIPT = Path(__file__).parents[2] / "docs" / "example_analysis.py"


def test_the_example_analysis_runs_on_two_exports(database_url: str, tmp_path: Path) -> None:
    write_sessions(database_url, [ANN, BOB, ANN])
    first = exported(database_url, tmp_path / "events", file_format="parquet")
    exported(database_url, tmp_path / "sessions", "sessions", "parquet", until=first.until)
    done = subprocess.run(
        [sys.executable, "-P", str(SCRIPT), str(tmp_path)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for said in ("CHARACTERS", "muse", "without_price", "IN_PROGRESS"):
        assert said in done.stdout, done.stdout
    assert "infrastructure" not in SCRIPT.read_text()
