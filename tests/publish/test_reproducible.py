"""The book, built again in another folder, with the network cut off, a third of it as an older processor computes it."""

import os
import shutil
import subprocess
import sys

import pytest
from seeding import ROOT

from casebook.publish.build import build
from casebook.publish.execution import library_digest

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "_view", "__pycache__", ".*_cache", ".hypothesis")

# The instructions of 2008: nothing that is printed may hang on how a newer processor rounds a last bit.
OLDER = {
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4,-AVX512F",
    "NUMBA_CPU_NAME": "nehalem",
    "NUMBA_CPU_FEATURES": "",
}


def without_network():
    """Return what runs a command in a network of its own, in which nothing is up."""
    for way in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") and subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            return way
    pytest.skip("NO NETWORK NAMESPACES HERE: the build was not tried with the network cut off")


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def take_along(executed, copy):
    """Give the copy two thirds of the outputs, which ones hangs on the state of the book; the rest is executed anew."""
    turn = int(library_digest(ROOT), 16) % 3
    for number, path in enumerate(sorted(executed.glob("*.json"))):
        if number % 3 != turn:
            shutil.copy2(path, copy)


def test_two_folders_give_the_same_bytes_the_second_without_a_network_on_an_older_processor(tmp_path):
    way = without_network()
    here = build(ROOT).parent
    copy = shutil.copytree(ROOT, tmp_path / "elsewhere", ignore=LEFT_OUT)
    (copy / "_build" / "executed").mkdir(parents=True)
    take_along(here.parent / "executed", copy / "_build" / "executed")
    run = subprocess.run(
        [*way, sys.executable, "-m", "casebook", "build"],
        cwd=copy,
        env=os.environ | OLDER | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "executed (" in run.stdout
    first, second = contents(here), contents(copy / "_build" / "html")
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []
