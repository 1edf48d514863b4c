"""Formulas become MathML while the book is built, so that no page needs a script to show them."""

import re
from functools import lru_cache
from html import escape, unescape
from itertools import zip_longest
from xml.etree.ElementTree import Element, register_namespace, tostring

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split|align|eqnarray|gathered|gather)\*?\}")
UPRIGHT = re.compile(r"\\mathrm\{([A-Za-z]+)\}")
ARGUMENT = re.compile(r"\\arg\s*\\(min|max)")
UNSTABLE = re.compile(r"equation-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # MyST names unlabelled formulas at random
LIMITS = frozenset(("max", "min", "sup", "inf", "lim", "arg max", "arg min", "lim sup", "lim inf"))
SHUT = frozenset("⌊⌋⌈⌉")
OPENING = frozenset("([{⟨")


def connect(app: Sphinx) -> None:
    """Register the renderer ``mathml``."""
    register_namespace("", "http://www.w3.org/1998/Math/MathML")
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))


@lru_cache(maxsize=4096)
def to_mathml(tex: str, display: str = "inline") -> str:
    r"""Return a formula as MathML, with its TeX in ``alttext``.

    `tex`: The formula, as in ``\frac{a}{b}``. `display`: In a sentence or on a line of its own. Raises `ValueError`:
    if the formula cannot be read.
    """
    source = ARGUMENT.sub(r"\\arg\1", " ".join(tex.split()))
    if display == "block" and "\\\\" in source and "\\begin" not in source:
        source = rf"\begin{{align*}}{source}\end{{align*}}"
    try:
        root = convert_to_element(
            UPRIGHT.sub(r"\\operatorname{\1}", ALIGNED.sub(r"\\\1{align*}", source)), display=display
        )
    except Exception as error:
        raise ValueError(f"{type(error).__name__} {error}".strip()) from error
    for element in root.iter():
        element.text = unescape(element.text) if element.text else None
    for element in root.iter():
        if "\\" in (element.text or "") or element.text == "&":
            raise ValueError(f"latex2mathml left {element.text} as it is")
        _mend(element)
        if display == "block" and len(element) and (element[0].text or "").replace("\u2009", " ") in LIMITS:
            element.tag = {"msub": "munder", "msubsup": "munderover"}.get(element.tag, element.tag)
    root.set("alttext", " ".join(tex.split()))
    return tostring(root, encoding="unicode")


def _mend(parent: Element) -> None:
    """Set upright names, fences and thousands separators as TeX does."""
    children = list(parent)
    for here, following in zip_longest(children, children[1:]):
        text = here.text or ""
        if text.isalpha() and text.isascii() and (here.tag == "mo" or (here.tag == "mi" and len(text) > 1)):
            here.tag = "mo"
            opens = following is not None and (following.text or " ")[0] in OPENING
            here.set("lspace", "0.1em")
            here.set("rspace", "0" if opens else "0.167em")
        elif here.tag == "mi" and text in SHUT:
            here.tag = "mo"
            here.set("stretchy", "false")
    if parent.tag == "mrow" and len(children) == 1 and children[0].text == ",":
        children[0].set("lspace", "0")
        children[0].set("rspace", "0")


def _convert(self: HTML5Translator, node: nodes.Element, display: str) -> str:
    """Return the formula of a node, or its TeX with a warning that ends a strict build."""
    try:
        return to_mathml(node.astext(), display)
    except ValueError as error:
        logger.warning("formula cannot be shown: %s: %s", error, node.astext(), location=node, type="casebook")
        return f"<code>{escape(node.astext())}</code>"


def _visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_convert(self, node, "inline"))
    raise nodes.SkipNode


def _visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>' if node.get("number") else ""
    node["ids"] = [name for name in node["ids"] if not UNSTABLE.fullmatch(name)]
    self.body.append(self.starttag(node, "div", CLASS="math-block"))
    self.body.append(f'<div class="math-scroll" tabindex="0">{_convert(self, node, "block")}</div>{number}</div>\n')
    raise nodes.SkipNode
