"""The frames of an explorer in one picture: what all frames share is there once, the rest of each in a group of its own."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def layered(svgs: list[str], first: int) -> str:
    """Lay pictures of the same axes over each other; group `k0`, `k1`, … holds what is a frame's own, `first` is shown."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    roots = [ElementTree.fromstring(_with_namespaces(svg)) for svg in svgs]
    shapes: dict[str, Element] = {}
    for root in roots:
        _hoist(root, shapes)
    base = roots[0]
    while all(len(root) == 1 for root in roots):  # down to the level where frames begin to differ
        roots = [root[0] for root in roots]
    inner = roots[0]
    if all(len(root) == len(inner) for root in roots):
        pairs = list(zip(*roots, strict=True))
        differing = [k for k, several in enumerate(pairs) if len({_text(each) for each in several}) > 1]
        if len(differing) == 1:
            roots, inner = list(pairs[differing[0]]), pairs[differing[0]][0]
    shared = {_text(child) for child in roots[0]}.intersection(*({_text(c) for c in root} for root in roots[1:]))
    own = [[child for child in root if _text(child) not in shared] for root in roots]
    place = next((k for k, child in enumerate(inner) if _text(child) not in shared), len(inner))
    for child in [each for each in inner if _text(each) not in shared]:
        inner.remove(child)
    for k, children in enumerate(own):
        group = Element(f"{{{SVG}}}g", {"class": f"k k{k}"} | ({} if k == first else {"style": "display:none"}))
        group.extend(children)
        inner.insert(place + k, group)
    definitions = Element(f"{{{SVG}}}defs")
    definitions.extend(shapes.values())
    base.insert(0, definitions)
    return _text(base).replace(f' xmlns="{SVG}"', "").replace(f' xmlns:xlink="{XLINK}"', "")


def _with_namespaces(svg: str) -> str:
    return svg.replace("<svg", f'<svg xmlns="{SVG}" xmlns:xlink="{XLINK}"', 1) if "xmlns=" not in svg else svg


def _hoist(root: Element, shapes: dict[str, Element]) -> None:
    """Take the definitions of markers and clips out of a picture, each id once over all frames."""
    for parent in list(root.iter()):
        for child in [each for each in parent if each.tag == f"{{{SVG}}}defs"]:
            parent.remove(child)
            for shape in child:
                shapes.setdefault(shape.get("id", ""), shape)


def _text(element: Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")
