"""What scripts/setup.py is made of: steps with their time, a lock, commands with their output kept, stamps."""

import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
LOG = os.path.join(VENV, "setup.log")


class Step:
    """One line per step, with its time; a sign of life while it takes long."""

    shown = 0
    current = None

    def __init__(self, text):
        self.text = text
        self.done = threading.Event()

    def __enter__(self):
        Step.shown += 1
        Step.current = self
        self.began = time.monotonic()
        self.live = sys.stdout.isatty()
        print(f"· {self.text} …", end="" if self.live else "\n", flush=True)
        self.thread = threading.Thread(target=self.tick, daemon=True)
        self.thread.start()
        return self

    def tick(self):
        while not self.done.wait(1 if self.live else 15):
            seconds = time.monotonic() - self.began
            if self.live:
                print(f"\r· {self.text} … {seconds:.0f} s ", end="", flush=True)
            else:
                print(f"  … {seconds:.0f} s", flush=True)

    def __exit__(self, kind, *_):
        self.done.set()
        self.thread.join()
        mark = "✓" if kind is None else "✗"
        print(
            "{}{} {} ({:.0f} s)".format("\r" if self.live else "", mark, self.text, time.monotonic() - self.began),
            flush=True,
        )

    @staticmethod
    def note(text):
        print("{}  {}".format("\n" if Step.current and Step.current.live else "", text), flush=True)


class Lock:
    """Two `make` at once must not build one environment."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.stream = open(self.path, "w")
        try:
            fcntl.flock(self.stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another setup is at work here; waiting for it …", flush=True)
            fcntl.flock(self.stream, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.stream.close()


class Failed(Exception):
    """A command that did not manage. `downloads`: the network may be the reason."""

    def __init__(self, command, output, downloads):
        super().__init__(command[0])
        self.command = command
        self.output = output.decode(errors="replace")
        self.downloads = downloads


def run(command, surroundings=None, folder=ROOT, downloads=False):
    """Run a command, its output kept in .venv/setup.log. Raises Failed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if os.path.isdir(VENV):
        with open(LOG, "ab") as log:
            log.write(os.fsencode("$ {}\n".format(" ".join(command))) + done.stdout)
    if done.returncode:
        raise Failed(command, done.stdout, downloads)


def works(command):
    try:
        return subprocess.run(command, stdout=-3, stderr=-3, check=False).returncode == 0
    except OSError:
        return False


def digest(*paths):
    found = hashlib.sha256()
    for path in paths:
        found.update(os.path.relpath(path, ROOT).encode() + b"\0")
        with open(path, "rb") as stream:
            found.update(stream.read())
    return found.hexdigest()


def read(path):
    try:
        with open(path) as stream:
            return stream.read()
    except OSError:
        return None


def write(path, text):
    with open(path, "w") as stream:
        stream.write(text)
