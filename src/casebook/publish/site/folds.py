"""What folds and what scrolls: admonitions and code as native ``<details>``, wide tables in a box of their own."""

import re
from html import escape, unescape
from itertools import pairwise

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.locale import admonitionlabels
from sphinx.writers.html5 import HTML5Translator


class fold(nodes.Element):
    """A folded admonition: ``summary`` is the line that stays visible."""


class table_box(nodes.Element):
    """A table that scrolls inside its own box."""


def connect(app: Sphinx) -> None:
    """Register the nodes and the pass that puts them into a document."""
    app.add_node(fold, html=(_visit_fold, _depart_fold))
    app.add_node(table_box, html=(_visit_box, _depart_box))
    app.add_node(HideCodeCellNode, override=True, html=(_visit_code, _depart_fold))
    app.connect("doctree-resolved", rearrange)


def rearrange(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Lift the leading cells, fold every admonition of class ``dropdown`` and box every table."""
    if app.builder.format != "html":
        return
    _join(doctree)
    _lead(doctree)
    for code in list(doctree.findall(HideCodeCellNode)):
        around = code.parent.findall(nodes.raw) if code.parent is not None else ()
        figure = next((raw.astext() for raw in around if "<figure" in raw.astext()), "")
        if figure:
            code["figure"] = (re.findall(r'<p class="chart-title">(.*?)</p>', figure) or [""])[0]
            code.parent.append(_taken(code))  # the code of a picture hangs beside its data
    for admonition in list(doctree.findall(nodes.Admonition)):
        if "dropdown" in admonition.get("classes", ()):
            admonition.parent.replace(admonition, _folded(admonition))
    for table in list(doctree.findall(nodes.table)):
        box = table_box()
        table.parent.replace(table, box)
        box.append(table)


def _taken(node: nodes.Element) -> nodes.Element:
    node.parent.remove(node)
    return node


def _join(doctree: nodes.document) -> None:
    """Put folded code that shows nothing of its own before the folded code that follows: one fold a result."""
    folded = [node for node in doctree.findall(HideCodeCellNode) if "above-input" in node["classes"]]
    for code, after in pairwise(folded):
        if code.parent is not None and len(code.parent.children) == 1 and not _shows(code):
            after[0:0] = code.children
            _taken(code.parent)


def _shows(node: HideCodeCellNode) -> bool:
    return any(child.get("nb_element") == "cell_code_output" for child in node.children)


def _lead(doctree: nodes.document) -> None:
    """Put the cells tagged `lead` right under the finding: a notebook can run them only after the model is defined."""
    cells = [node for node in doctree.findall(nodes.container) if "tag_lead" in node["classes"]]
    finding = next(doctree.findall(nodes.paragraph), None)
    if cells and finding is not None:
        taken = [_taken(cell) for cell in cells]
        place = finding.parent.index(finding) + 1
        finding.parent[place:place] = taken


def _folded(admonition: nodes.Element) -> fold:
    """Return the fold that replaces an admonition."""
    children = list(admonition.children)
    if children and isinstance(children[0], nodes.title):
        summary = children.pop(0).astext()
    else:
        summary = admonitionlabels.get(admonition.tagname, admonition.tagname.capitalize())
    classes = [name for name in admonition["classes"] if name not in ("dropdown", "toggle-shown")]
    classes = [name for name in classes if not name.startswith("admonition-")]
    node = fold("", *children, summary=summary, classes=["solution", *(c for c in classes if c != "solution")])
    node["ids"] = admonition["ids"]
    node["open"] = "toggle-shown" in admonition["classes"]
    return node


def _visit_fold(self: HTML5Translator, node: fold) -> None:
    shown = {"open": "open"} if node["open"] else {}
    self.body.append(self.starttag(node, "details", **shown))
    self.body.append(f"<summary>{escape(node['summary'])}</summary>\n")


def _depart_fold(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</details>\n")


def _visit_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    if {"below-input", "above-output"} & set(node["classes"]):
        word = "Output"
    else:
        word = "Code and output" if _shows(node) else "Code"
    named = f' aria-label="{word}: {escape(unescape(node["figure"]))}"' if node.get("figure") else ""
    self.body.append(f'<details class="hide {escape(" ".join(node["classes"]))}">\n<summary{named}>{word}</summary>\n')


def _visit_box(self: HTML5Translator, node: table_box) -> None:
    self.body.append('<div class="table-box">\n')


def _depart_box(self: HTML5Translator, node: table_box) -> None:
    self.body.append("</div>\n")
