"""What several tests need: where the book lies, and how to seed a fault."""

from pathlib import Path

ROOT = Path(__file__).parents[1]


def replace(path, old, new, count=1):
    """Seed a fault: replace text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")
