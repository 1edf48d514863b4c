"""The book, built again in another folder with the network cut off, a quarter of it executed anew; what is stored is fresh."""

import os
import shutil
import subprocess
import sys

import pytest
from seeding import ROOT

from casebook.publish.build import build

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "_view", "__pycache__", ".*_cache", ".hypothesis")


def without_network():
    """Return what runs a command in a network of its own, in which nothing is up."""
    for way in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") and subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            return way
    pytest.skip("NO NETWORK NAMESPACES HERE: the build was not tried with the network cut off")


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_two_folders_give_the_same_bytes_the_second_without_a_network_and_what_is_stored_is_fresh(tmp_path):
    way = without_network()
    here = build(ROOT).parent
    copy = shutil.copytree(ROOT, tmp_path / "elsewhere", ignore=LEFT_OUT)
    (copy / "_build" / "executed").mkdir(parents=True)
    for number, path in enumerate(sorted((here.parent / "executed").glob("*.json"))):
        if number % 4:
            shutil.copy2(path, copy / "_build" / "executed")
    env, said = os.environ | {"PYTHONPATH": str(copy / "src")}, {}
    for command in ("build", "refresh"):
        asked = [*way, sys.executable, "-m", "casebook", command]
        run = subprocess.run(asked, cwd=copy, env=env, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        said[command] = run.stdout
    assert "executed (" in said["build"]
    assert "executed (" not in said["refresh"]
    assert said["refresh"].endswith("0 files changed\n")
    first, second = contents(here), contents(copy / "_build" / "html")
    assert [name for name in first | second if first.get(name) != second.get(name)] == []
