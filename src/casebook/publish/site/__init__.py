"""The reading experience of the book: one small Sphinx theme and the extension that feeds it."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from casebook.publish.site import context, folds, generated, links, machines, mathml, outputs, pages, published, search

THEME = Path(__file__).parent / "theme"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the theme ``casebook`` and everything that makes its pages."""
    app.add_html_theme("casebook", str(THEME))
    for name, default, kind in CONFIG_VALUES:
        app.add_config_value(name, default, "html", kind)
    app.connect("config-inited", _settle_config, priority=950)
    generated.connect(app)
    mathml.connect(app)
    folds.connect(app)
    links.connect(app)
    outputs.connect(app)
    search.connect(app)
    context.connect(app)
    pages.connect(app)
    machines.connect(app)
    published.connect(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


SILENT_ON_PARALLEL = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")  # safe, but they do not say so
UNPLUGGED = {  # Jupyter Book loads these for its own theme; what they add to pages is not ours
    "sphinx_book_theme",
    "sphinx_comments",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_thebe",
    "sphinx_togglebutton",
}
CONFIG_VALUES = (
    ("casebook_repository_url", "", str),
    ("casebook_repository_branch", "main", str),
    ("casebook_licence", "", str),
    ("casebook_ledger", "book/reference/ledger", str),
)


def _settle_config(app: Sphinx, config: Config) -> None:
    """Keep what Jupyter Book sets for its own theme from reaching ours."""
    for name in SILENT_ON_PARALLEL:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True
    for listeners in app.events.listeners.values():
        listeners[:] = [each for each in listeners if each.handler.__module__.partition(".")[0] not in UNPLUGGED]
    config.html_theme = "casebook"
    config.html_theme_options = {}
    config.html_sidebars = {}
    config.myst_update_mathjax = False
    config.html_math_renderer = "mathml"
    config.html_permalinks_icon = "#"
    config.html_use_index = False
    config.html_domain_indices = False
    config.html_last_updated_fmt = None
