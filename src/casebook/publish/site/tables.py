"""Tables as readers meet them: numbers set right, and on a phone a row as a block whose cells say what they are."""

import re
from html import escape, unescape

TABLE = re.compile(
    r'<details class="chart-data">.*?</details>|<table[^>]*\b(?:data-table|docutils)\b.*?</table>', re.DOTALL
)
CELL = re.compile(r"<(th|td)\b([^>]*)>(.*?)</\1>", re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
BARE = re.compile(r"<(table|thead|tbody|tr|td|th)\b(?![^>]*\brole=)([^>]*)>")
NUMBER = re.compile(r"[−-]?[\d.,]+(?: ?%| million| billion)?")


def laid_out(body: str) -> str:
    """Lay out every table of an article but those that list what a chart is drawn from.

    `body`: The article.
    """
    return TABLE.sub(lambda found: found[0] if found[0].startswith("<details") else _table(found[0]), body)


def _table(markup: str) -> str:
    head, _, rest = markup.partition("</thead>")
    heads = [_words(text) for _, _, text in CELL.findall(head)]
    rows = [[_words(text) for _, _, text in CELL.findall(row)] for row in ROW.findall(rest)]
    if len(heads) < 2 or any(len(row) != len(heads) for row in rows):
        return markup
    columns = [[cell for cell in column if cell] for column in zip(*rows, strict=True)]
    numeric = [bool(column) and all(map(NUMBER.fullmatch, column)) for column in columns] or [False] * len(heads)

    def cells(found: re.Match[str]) -> str:
        number = iter(range(len(heads)))

        def cell(part: re.Match[str]) -> str:
            k = next(number)
            tag, attributes, text = part.groups()
            if numeric[k] and "class=" not in attributes:
                attributes += ' class="num"'
            if tag == "td" and text.strip():
                attributes += f' data-label="{escape(heads[k])}"'
            return f"<{tag}{attributes}>{text}</{tag}>"

        return CELL.sub(cell, found[0])

    markup = ROW.sub(cells, markup)
    if "stacked" not in markup:
        markup = markup.replace('class="', 'class="stacked ', 1)
    return BARE.sub(_named, markup)


def _named(tag: re.Match[str]) -> str:
    """Say what a part of a table is, for a screen reader forgets it where the parts are laid out as blocks."""
    role = ROLES.get(tag[1]) or ("columnheader" if 'scope="col"' in tag[2] else "rowheader")
    return f'<{tag[1]} role="{role}"{tag[2]}>'


def _words(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup)).strip()
