"""Runs the programs that make files: pandoc, and Typst in a process of its own. Nothing is loaded until one is needed.

Both are given the text on their standard input and give the file on their output: no file of the server is read but
our own templates and fonts, and none is written.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
_FONTS = ("pylopdf_fonts_zh_cn", "pylopdf_fonts_ar", "manimgx_fonts")


class RenderFailed(Exception):
    """A file could not be made. The message is a sentence for whoever asked; no text of theirs is in it.

    `remedy`: what an operator does about it.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class Unreadable(RenderFailed):
    """The program ran, and could make nothing of what it was given."""


def _packaged(package: str) -> Path | None:
    """The folder of an installed package, which is not imported."""
    found = find_spec(package)
    return Path(found.origin).parent if found is not None and found.origin else None


def _pandoc() -> tuple[str, ...]:
    folder = _packaged("pypandoc")
    return (str(folder / "files" / "pandoc") if folder is not None else "pandoc",)


def _typst() -> tuple[str, ...]:
    # -I: neither the working folder nor the environment decides what is imported
    return (sys.executable, "-I", str(HERE / "typst_process.py"))


def font_folders() -> tuple[Path, ...]:
    return tuple(folder for package in _FONTS if (folder := _packaged(package)) is not None)


@dataclass(frozen=True, slots=True)
class Programs:
    """What is run. seconds: how long one file may take. fonts: folders with more fonts than those that are shipped."""

    pandoc: tuple[str, ...] = field(default_factory=_pandoc)
    typst: tuple[str, ...] = field(default_factory=_typst)
    fonts: tuple[Path, ...] = ()
    seconds: float = 60.0

    def run_pandoc(self, arguments: Sequence[str], tree: bytes) -> bytes:
        """`tree`: pandoc's JSON. Raises RenderFailed."""
        return self._run("pandoc", "pypandoc-binary", (*self.pandoc, "--sandbox", "--from=json", *arguments), tree)

    def read_with_pandoc(self, arguments: Sequence[str], given: bytes) -> bytes | None:
        """Somebody's file on its way in; None: pandoc cannot read it. Raises RenderFailed as the others do."""
        command = (*self.pandoc, "--sandbox", *arguments)
        try:
            return self._run("pandoc", "pypandoc-binary", command, given)
        except Unreadable:
            return None

    def run_typst(self, request: bytes) -> bytes:
        """See typst_process.py. Raises RenderFailed."""
        return self._run("Typst", "typst", self.typst, request)

    def _run(self, name: str, package: str, command: Sequence[str], given: bytes) -> bytes:
        remedy = f"Install it again: .venv/bin/pip install {package}"
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, check=False, timeout=self.seconds, cwd="/", env=_ENVIRONMENT
            )
        except FileNotFoundError:
            raise RenderFailed(f"{name}, which makes this file, is not installed here.", remedy) from None
        except subprocess.TimeoutExpired:
            raise RenderFailed(
                f"Making the file took longer than {self.seconds:.0f} s and was ended. Try again when less is going on."
            ) from None
        except OSError as error:  # not ours to run, not a program of this machine, no memory or process left for it
            raise RenderFailed(
                f"{name}, which makes this file, could not be started: {error.strerror}.", remedy
            ) from None
        if done.returncode == _NOT_INSTALLED:
            raise RenderFailed(f"{name}, which makes this file, is not installed here.", remedy)
        if done.returncode < 0:
            raise RenderFailed(f"{name} was ended (signal {-done.returncode}) while it made the file. Ask again.")
        if done.returncode != 0 or not done.stdout:
            raise Unreadable(
                f"{name} could not make the file (exit code {done.returncode}). Nothing is lost; another format may do."
            )
        return done.stdout


_NOT_INSTALLED = 78
"""What typst_process.py ends with when there is no Typst."""

_ENVIRONMENT = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
"""Neither the settings of a person nor a secret of the studio reaches what is run."""
