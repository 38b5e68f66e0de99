"""Finds a Python and a Node.js that answer: whatever is on the PATH is asked for its version before it is used.

A program that is there need not run: a version manager (pyenv, nodenv, asdf) puts a script of that name on the PATH for
every version that it knows of, and the script fails where that version is not the chosen one.
"""

import glob
import os
import subprocess

OLDEST = (3, 11)
_PROVEN = (13, 12, 11, 14, 15)
"""Minor versions of Python 3, the longest proven first."""
_MANAGED = (
    os.path.join("{PYENV_ROOT}", "versions", "3.*", "bin", "python3"),
    os.path.join("{home}", ".local", "share", "uv", "python", "cpython-3.*", "bin", "python3"),
    os.path.join("{ASDF_DATA_DIR}", "installs", "python", "3.*", "bin", "python3"),
)
"""Where version managers keep what they have installed, whichever version is the chosen one."""
_PATIENCE = 20


def on_path(name, path=None):
    """Every program called `name`, in the order of the PATH; a version manager's script may hide a real one."""
    for folder in (os.environ.get("PATH", "") if path is None else path).split(os.pathsep):
        found = os.path.join(folder or os.curdir, name)
        if os.path.isfile(found) and os.access(found, os.X_OK):
            yield found


def answer(command, surroundings=None):
    """(what it prints, or None when it fails; the first line of its complaint)."""
    try:
        done = subprocess.run(  # noqa: UP022  (capture_output is younger than the Pythons that read this)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=surroundings,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode != 0:
        return None, said[0] if said else f"exit code {done.returncode}"
    return done.stdout.decode(errors="replace").strip(), ""


def pythons():
    """Paths of Pythons that may do, the best first; none has been asked yet."""
    names = [f"python3.{minor}" for minor in _PROVEN] + ["python3", "python"]
    seen = set()
    for path in [found for name in names for found in on_path(name)] + _managed():
        real = os.path.realpath(path)
        if real not in seen or os.path.basename(os.path.dirname(path)) == "shims":
            seen.add(real)
            yield path


def _managed():
    home = os.path.expanduser("~")
    places = {
        "home": home,
        "PYENV_ROOT": os.environ.get("PYENV_ROOT") or os.path.join(home, ".pyenv"),
        "ASDF_DATA_DIR": os.environ.get("ASDF_DATA_DIR") or os.path.join(home, ".asdf"),
    }
    found = [path for pattern in _MANAGED for path in glob.glob(pattern.format(**places))]
    wanted = [f"3.{minor}" for minor in _PROVEN]
    return sorted(
        found,
        key=lambda path: next((at for at, minor in enumerate(wanted) if f"/{minor}." in path), len(wanted)),
    )


def version_of(python):
    """((major, minor), "") of a Python that runs, or (None, its complaint)."""
    printed, complaint = answer([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
    try:
        major, minor = (printed or "").split(".")
        return (int(major), int(minor)), ""
    except ValueError:
        return None, complaint or "it does not say its version"


def newer_python():
    """(path of the first Python that is new enough and runs, or None; a line for each that was asked in vain)."""
    asked = []
    for path in pythons():
        version, complaint = version_of(path)
        if version is not None and version >= OLDEST:
            return path, asked
        asked.append("{}: {}".format(path, complaint or "version {}.{}".format(*version)))
    return None, asked


def newest_python(above, newest):
    """(path, version) of the newest Python that runs, newer than `above` and not newer than `newest`, or None."""
    found = []
    for path in pythons():
        version, _ = version_of(path)
        if version is not None and tuple(above) < version <= tuple(newest):
            found.append((version, path))
    if not found:
        return None
    version, path = max(found, key=lambda one: one[0])
    return path, version


def node_does(version):
    """Whether the page can be built with this Node.js, as its build tools say: 20.19 and on, or 22.12 and newer."""
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def node_version(surroundings):
    """(major, minor) of the Node.js that is found first, (0, 0) without one that answers."""
    printed, _ = answer(["node", "--version"], surroundings)
    try:
        major, minor = (printed or "").lstrip("v").split(".")[:2]
        return int(major), int(minor)
    except ValueError:
        return 0, 0


def with_first(folder, surroundings):
    return dict(surroundings, PATH=os.pathsep.join([folder, surroundings.get("PATH", "")]))


def node_on_path(surroundings):
    """`surroundings` in which `node` and `npm` do, perhaps with another folder first on the PATH; None if none do."""
    folders = [os.path.dirname(found) for found in on_path("node", surroundings.get("PATH", ""))]
    for number, folder in enumerate(folders):
        tried = with_first(folder, surroundings) if number else surroundings
        if node_does(node_version(tried)) and answer(["npm", "--version"], tried)[0]:
            return tried
    return None
