"""Holds both lock files against pyproject.toml: compiled again from what they pin, they must come out the same."""

import difflib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["--extra", "analytics", "--group", "dev"]}
COMPILE = ["pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-header"]
COMPILE += ["--python-version", "3.11"]


def main() -> int:
    uv = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".venv" / "bin"))
    if uv is None:
        print("uv is neither on the PATH nor in .venv; run `make setup`.", file=sys.stderr)
        return 1
    return max(step_out(uv, name, more) for name, more in LOCKS.items())


def step_out(uv: str, name: str, more: list[str]) -> int:
    """Compile into a copy: uv keeps every version that the old lock pins and pyproject.toml still allows."""
    before = (ROOT / name).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        copy.write_text(before, encoding="utf-8")
        done = subprocess.run(
            [uv, *COMPILE, "--quiet", *more, "pyproject.toml", "--output-file", str(copy)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            print(f"{name} could not be checked:\n{done.stderr}", file=sys.stderr)
            return 1
        after = copy.read_text(encoding="utf-8")
    old, new = pins(before), pins(after)
    if old == new:
        return 0
    print(f"{name} is not what pyproject.toml asks for:", file=sys.stderr)
    print("\n".join(difflib.unified_diff(old, new, "now", "should be", lineterm="", n=0)), file=sys.stderr)
    print(f"Put it right: uv {' '.join([*COMPILE, *more])} pyproject.toml -o {name}", file=sys.stderr)
    return 1


def pins(text: str) -> list[str]:
    """Names and versions; hashes may grow when a release gets another wheel."""
    return [line.rstrip(" \\") for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]


if __name__ == "__main__":
    sys.exit(main())
