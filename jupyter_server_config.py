"""JupyterLab, started by `make lab`, saves a notebook as the book stores it: what nobody changed stays as it was."""

from casebook.publish.execution import tidy


def before_saving(model: dict, **_: object) -> None:
    """Take the editor's own notes from a notebook that is about to be saved."""
    if model["type"] == "notebook":
        tidy(model["content"])


c.FileContentsManager.pre_save_hook = before_saving  # noqa: F821 (Jupyter gives c)
