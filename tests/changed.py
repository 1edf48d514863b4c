"""Print the tests of what changed since the last commit: the test of the same name, and what the change itself tests."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def changed():
    """Return the files that differ from the last commit, new ones included."""
    for command in (["git", "diff", "--name-only", "HEAD"], ["git", "ls-files", "--others", "--exclude-standard"]):
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        yield from (ROOT / name for name in run.stdout.splitlines())


def tests_of(path):
    """Return the tests that share a name or a room with a file."""
    if path.name.startswith("test_"):
        return [path]
    return sorted((ROOT / "tests").rglob(f"test_{path.stem.replace('-', '_')}.py"))


if __name__ == "__main__":
    found = {test.relative_to(ROOT).as_posix() for path in changed() if path.exists() for test in tests_of(path)}
    print(*sorted(found or {"tests/ledger/test_ledger.py"}))
