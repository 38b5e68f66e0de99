"""Mends what installing leaves broken in a folder whose name has a quote or an umlaut in it."""

import glob
import os
import shlex

from steps import works


def launcher(place):
    """Write `genesis` in the folder `place` anew if it does not run: the first line that pip gives a script breaks at
    a quote in the path."""
    path = os.path.join(place, "genesis")
    if works([path, "--help"]):
        return
    python = shlex.quote(os.path.join(place, "python"))
    replace(path, f'#!/bin/sh\nexec {python} -c "from cli.main import main; main()" "$@"\n')
    os.chmod(path, 0o755)


def way_to_the_project(venv):
    """Make the way from site-packages to the project relative, and so plain ASCII.

    Python up to 3.12 reads it in the locale's encoding, and does not even start where a folder's name cannot be read in
    that (LC_ALL=C, and an umlaut): https://docs.python.org/3.11/library/site.html
    """
    packages = os.path.join(glob.escape(venv), "lib", "python3.*", "site-packages")
    for path in glob.glob(os.path.join(packages, "*genesis_studio*.pth")):
        with open(path, encoding="utf-8") as stream:
            ways = stream.read().splitlines()
        replace(path, "".join(os.path.relpath(way, os.path.dirname(path)) + "\n" for way in ways))


def replace(path, text):
    """As a new file: the old one may be one with an installer's cache, and so with other environments."""
    with open(path + ".new", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(path + ".new", path)
