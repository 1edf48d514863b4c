"""The helper library of *Crunch Time*, in six rooms; data flows one way through them.

`data/` → `ledger` (what is stated) → `audit` (what holds) → `pages` (what is shown) → `publish` (how it reaches a reader).
`methods` holds the textbook methods that two chapters share or that must be compiled, `models` the few models too heavy
for a notebook. Neither knows a ledger or a chart: a chapter brings numbers, model and picture together.
A notebook needs one line: `from casebook import charts, diagrams, ledger, say, tables, walk, write`.
"""

import logging
import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors and whoever follows names; nothing is loaded here
    from casebook import ledger
    from casebook.ledger.quantities import write
    from casebook.pages import charts, diagrams, tables, walk
    from casebook.pages.audit_table import audit_table
    from casebook.pages.prose import cite, say
    from casebook.pages.trying import headline, yours

if not os.access(os.environ.get("HOME", ""), os.W_OK):  # matplotlib would say where it keeps its cache instead
    logging.getLogger("matplotlib").setLevel(logging.ERROR)

# What notebooks use, and the room it lives in; loaded when first asked for.
_FACE = {
    "audit_table": ("casebook.pages.audit_table", "audit_table"),
    "charts": ("casebook.pages.charts", None),
    "cite": ("casebook.pages.prose", "cite"),
    "diagrams": ("casebook.pages.diagrams", None),
    "headline": ("casebook.pages.trying", "headline"),
    "ledger": ("casebook.ledger", None),
    "say": ("casebook.pages.prose", "say"),
    "tables": ("casebook.pages.tables", None),
    "walk": ("casebook.pages.walk", None),
    "write": ("casebook.ledger.quantities", "write"),
    "yours": ("casebook.pages.trying", "yours"),
}
__all__ = list(_FACE)


def __getattr__(name: str) -> object:
    """Load a name of the face from its room."""
    if name not in _FACE:
        raise AttributeError(f"module 'casebook' has no attribute '{name}'")
    module, attribute = _FACE[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found
