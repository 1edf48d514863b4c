"""The commands as a person types them: what they print, and one line where something is wrong."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from seeding import ROOT, free_port, python, replace

from casebook.__main__ import BENCHES, main


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    file = tmp_path_factory.mktemp("results") / "results.json"
    assert main(["results", str(file)]) == 0
    return file


def test_results_hold_every_claim_and_check_and_do_not_differ_from_themselves(written, ledger, capsys):
    found = json.loads(written.read_text(encoding="utf-8"))
    assert set(found["claims"]) == set(ledger.claims)
    assert set(found["checks"]) == {row["id"] for row in ledger.tables["checks"]}
    assert main(["diff", str(written), str(written)]) == 0
    assert capsys.readouterr().out == "0 differences\n"


def test_diff_names_the_number_that_moved(written, tmp_path, capsys):
    changed = json.loads(written.read_text(encoding="utf-8"))
    changed["claims"]["sd-parcels-on-the-day"]["high"] = 812000000
    other = tmp_path / "other.json"
    other.write_text(json.dumps(changed), encoding="utf-8")
    assert main(["diff", str(written), str(other)]) == 1
    out = capsys.readouterr().out
    assert "sd-parcels-on-the-day" in out
    assert "812000000" in out.replace(",", "")
    assert out.endswith("1 difference\n")


@pytest.mark.parametrize("text", ["", "[]", '{"claims": []}', "\xff"])
def test_a_file_that_holds_no_results_is_refused_in_one_line(written, tmp_path, capsys, text):
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="latin-1")
    assert main(["diff", str(written), str(bad)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["results", str(tmp_path)]) == 1  # a folder
    assert capsys.readouterr().err == f"{tmp_path}: expected to read and write it (Is a directory)\n"
    assert main(["sources", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.count("\n") <= 1


@pytest.mark.parametrize("arguments", [[], ["bench", "nothing"], ["fly"], ["diff", "one.json"]])
def test_a_wrong_command_says_what_is_expected(arguments):
    run = python("casebook", *arguments)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "usage:" in run.stderr


TOLD = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
TARGETS = sorted(set(re.findall(r"(?:`|^)make ([a-z-]+)", TOLD, re.M)))


def make(*arguments, cwd=ROOT):
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_command_that_is_named_is_there_and_explained(target):
    assert make("-n", target, f"VENV={sys.prefix}").returncode == 0
    assert f"make {target} " in make("help").stdout


def test_every_command_of_the_library_that_is_named_is_there():
    named = re.findall(r"python -m casebook ([a-z-]+)", TOLD + (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert {"build", "refresh", "sources", "bench", "full-scale"} <= set(named)
    for name in set(named):
        assert python("casebook", name, "--help").returncode == 0, name
    assert set(re.findall(r"make bench NAME=([a-z_]+)", TOLD)) <= set(BENCHES)


@pytest.fixture
def linked(tmp_path):
    """Give a folder of the library with a link to an environment that make takes for one of this lock."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "env").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (tmp_path / "env" / name).symlink_to(Path(sys.prefix, name))
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copy(ROOT / "requirements.lock", tmp_path / "env" / ".ready")
    (tmp_path / ".venv").symlink_to("env")
    return tmp_path


def test_the_library_comes_from_the_folder_where_make_runs(linked):
    replace(linked / "src" / "casebook" / "__main__.py", '"surge", ', '"elsewhere", ')
    assert "elsewhere" in make("bench", "NAME=nothing", cwd=linked).stderr
    (linked / "requirements.lock").write_text("other==1", encoding="utf-8")
    assert "expected the link .venv to lead to an environment" in make("bench", "NAME=nothing", cwd=linked).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("bench", "expected the name of a model: make bench NAME=orders"),
        ("sources", "expected the folder of the texts: make sources TEXTS=folder"),
        ("sources TEXTS=/nowhere", "/nowhere: expected the folder of the source texts"),
        ("check WORKERS=2.5", "WORKERS: expected a whole number from 1 to 999, or auto"),
    ],
)
def test_a_value_of_make_that_is_missing_or_wrong_is_told_in_one_line(linked, arguments, said):
    run = make(*arguments.split(), cwd=linked)
    assert run.returncode != 0
    assert said in run.stdout + run.stderr
    assert len((run.stdout + run.stderr).splitlines()) <= 2  # the second is make's own


def test_a_user_without_a_home_reads_no_warning():
    env = os.environ | {"HOME": "/dev/null/home"}
    run = subprocess.run(
        [sys.executable, "-c", "from casebook import charts"], env=env, capture_output=True, check=True
    )
    assert run.stderr == b""
    told = subprocess.run(["make", "-pn", "help"], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    assert re.search(r"^HOME :?= .*/_build/home$", told, re.M)


def test_ctrl_c_and_warnings_as_errors_leave_no_traceback(tmp_path):
    begun = (
        "from casebook import __main__ as m; f = m._commands; m._commands = lambda: print(flush=True) or f(); m.main()"
    )
    with subprocess.Popen([sys.executable, "-c", begun, "prose"], stdout=-1, stderr=-1, text=True) as run:
        run.stdout.readline()  # now it would import its packages for a while
        run.send_signal(signal.SIGINT)
        assert run.communicate()[1] == "Stopped; what was executed so far is kept\n"
    assert python("casebook", "results", str(tmp_path / "a.json"), PYTHONWARNINGS="error").stderr == ""


def test_the_built_site_is_served(tmp_path):
    (tmp_path / "_build" / "html").mkdir(parents=True)  # an empty one, so that nothing need be built
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", "_build/html", str(port)]
    serve = make("-n", "serve", f"VENV={sys.prefix}").stdout
    assert " ".join(command[1:-1]) in serve
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer,
            ):
                assert answer.status == 200
                process.terminate()
    assert process.returncode == -signal.SIGTERM
