"""The claims as they are shown: a card each in the ledger, a note beside every number, a square each on the map."""

from __future__ import annotations

import re
from calendar import day_name, month_name
from collections import Counter, defaultdict
from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from casebook.audit.checks import run_checks
from casebook.audit.corrections import Correction, apply_corrections
from casebook.audit.relations import VERDICTS as INSIDE
from casebook.audit.verdicts import GRAVITY, OUTSIDE, inside_verdicts, outside_verdicts
from casebook.audit.wording import ORDINALS, plurals, what_comes_out
from casebook.ledger import QUALIFIERS, Claim, Ledger, Scalar, open_ledger, reference_page
from casebook.ledger.descriptor import Row
from casebook.ledger.words import CARDINALS
from casebook.pages.drawing import CONTEXT, ROLES, WARNING, themed
from casebook.pages.tables import Badge, Table, in_words, linked_note
from casebook.pages.walk import MARKS, TEXTS

VOICES = {source: text.capitalize() for source, text in TEXTS.items()}
NAMES = {"weekday": ["", *day_name], "month-of-year": list(month_name)}
NONE = "not compared"
SHOWN = 2  # comparisons a card shows at once, the gravest first
WORDS = {int(number): word for word, number in CARDINALS.items() if 0 < number <= 12}
ISO = re.compile(r"(?<![\w/-])\d{4}-\d\d-\d\d(?![\w-])")
GRAVE = ("implausible", "contradicted", "inconsistent")
# The look of the map stands in its markup, so that JupyterLab shows it too.
MAP_STYLE = themed(
    "<style>.squares{display:flex;flex-wrap:wrap;gap:4px;margin:.3rem 0 1rem}.squares a{flex:none;width:20px;height:20px;"
    f"border:1px solid {CONTEXT};border-radius:3px;font:700 13px/18px var(--sans,sans-serif);text-align:center;"
    "text-decoration:none}.squares a[class]{border-color:currentColor}"
    + "".join(f".squares .{role}{{color:{light}}}" for role, (light, _) in ROLES.items())
    + ".squares .warning{background:color-mix(in srgb,currentColor 15%,transparent)}.squares .context{border-style:dashed}"
    f".squares .grave{{color:var(--paper,Canvas);background:{WARNING};border-color:{WARNING};print-color-adjust:exact}}"
    + "".join(f'.squares .v-{name}::before{{content:"{MARKS[name][0]}"}}' for name in GRAVITY if name)
    + "</style>"
)


class Said(NamedTuple):
    """What an audit says of a claim: the verdict, what was compared and what came out, and whose figure it was."""

    verdict: str
    about: str
    outcome: str
    reference: str = ""
    comment: str = ""
    publisher: str = ""
    read: str = ""


class Audit:
    """Everything the book says of each claim, from the tables of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.inside, self.outside = inside_verdicts(ledger), outside_verdicts(ledger)
        self.corrections = apply_corrections(ledger)
        self.said: dict[str, list[Said]] = defaultdict(list)
        publishers = {row["id"]: row["publisher"] for row in ledger.tables["references"]}
        for result in run_checks(ledger):
            for claim in result.about if result.leads and result.verdict else ():
                outcome = what_comes_out(result, ledger)
                self.said[claim].append(Said(result.verdict, result.question, outcome, comment=result.comment))
        for row in ledger.tables["corroboration"]:
            told = (row[name] for name in ("verdict", "question", "reference_value", "reference", "comment"))
            read = f"{row['voice']}, read {in_words(row['read'])}"
            self.said[row["claim"]].append(Said(*told, publishers.get(row["reference"], ""), read))
        for several in self.said.values():
            several.sort(key=lambda said: GRAVITY.index(said.verdict))

    def gravest(self, claim: str) -> str:
        """Return the verdict that speaks for a claim on the map; '' for one that nobody compared."""
        found = [v[claim].split(" ")[0] for v in (self.inside, self.outside) if claim in v]
        return min(found, key=GRAVITY.index, default="")

    def grounds(self, claim: str, kinds: tuple[str, ...]) -> Said | None:
        """Return what led to the gravest verdict of the arithmetic, or of the references."""
        return next((said for said in self.said[claim] if said.verdict in kinds), None)

    def instead(self, claim: str) -> str:
        """Say what to write instead of a figure, in words; empty where it may stand."""
        correction = self.corrections.get(claim)
        return f"{self._better(self.ledger[claim], correction)}{correction.reason}" if correction else ""

    def _better(self, claim: Claim, correction: Correction) -> str:
        if correction.action == "drop":
            return "nothing; leave it out. "
        if correction.action != "flag":
            return f"{amount(correction.value, claim.unit, plurals(self.ledger))}. "
        named = [s for s in self.said[claim.id] if s.reference and s.reference == correction.reference]
        told = [s.outcome for s in named if s.verdict in ("differs", "contradicted")]
        return f"{told[0]}. " if told else ""


def where(claim: Claim) -> str:
    """Return the text and the line of a claim."""
    return f"{VOICES[claim.source]}, line {claim.line}"


def amount(value: Scalar, unit: str, names: dict[str, str]) -> str:
    """Write a value of the ledger in full with its unit: '777,000,000 pieces', '2017', '26 January', 'Tuesday'."""
    if isinstance(value, str):
        return in_words(value)
    if unit in NAMES:
        return NAMES[unit][int(value)]
    if unit == "year":
        return str(value)
    if unit in ORDINALS:
        return f"{ORDINALS[unit]} {value}"
    return f"{value:,.15g}%" if unit == "percent" else f"{value:,.15g} {unit if value == 1 else names[unit]}"


def value_text(claim: Claim, names: dict[str, str]) -> str:
    """Return the value of a claim with its bound and unit: 'more than 1,000,000 persons'; '' without a number."""
    if claim.low is None:
        return ""
    ends = [amount(end, claim.unit, names) for end in dict.fromkeys((claim.low, claim.high))]
    if len(ends) == 2 and claim.unit not in (*NAMES, *ORDINALS) and not isinstance(claim.low, str):
        ends[0] = ends[0].split(" ")[0]
    return f"{QUALIFIERS[claim.qualifier]} {' to '.join(ends)}".strip()


def _sortable(claim: Claim, units: dict[str, Row]) -> str:
    """Return the attributes a claim is sorted by: its value in the base unit, dates and times as digits."""
    if claim.low is None:
        return ""
    row, day = units[claim.unit], claim.as_of[:10] if claim.unit == "date" else ""
    digits = re.sub(r"\D", "", day or str(claim.low))
    value = digits if isinstance(claim.low, str) else f"{claim.low * float(row['factor']):.10g}"
    return f' data-value="{value}" data-base="{escape(row["base"])}"'


def kin(ledger: Ledger) -> dict[str, list[str]]:
    """Return for each subject of a claim the entity itself and everything it is a part of."""
    parents = {row["id"]: row["parent"] for row in ledger.tables["entities"]}
    found = {}
    for subject in {claim.subject for claim in ledger.claims.values()}:
        found[subject] = [entity := subject]
        while entity := parents[entity]:
            found[subject].append(entity)
    return found


def _badge(verdict: str) -> str:
    return Badge(verdict)._repr_html_() if verdict else NONE


def _compared(said: Said) -> str:
    """Return one comparison: what was asked, whose value came out, the verdict and the comment."""
    who = (
        f'<a href="bibliography.md#{said.reference}">{escape(said.publisher)}</a> ({said.read}): '
        if said.reference
        else ""
    )
    outcome = f"{escape(said.outcome)}. " if said.outcome else ""
    asked = said.about if said.about.endswith("?") else f"{said.about.rstrip('.')}:"
    return f"<li>{escape(asked)} {who}{outcome}{_badge(said.verdict)} {escape(said.comment)}</li>"


def _card(claim: Claim, audit: Audit, names: dict[str, str], data: str) -> str:
    """Return the card of a claim in the ledger."""
    value, instead = value_text(claim, names), audit.instead(claim.id)
    when = f"{in_words(claim.as_of)} ({claim.as_of_basis})" if claim.as_of else ""
    facts = [("value", value), ("kind", claim.kind), ("when", when)]
    line = " · ".join(f'<span class="{name}">{escape(text)}</span>' for name, text in facts if text)
    inside, outside = (_badge(found.get(claim.id, "")) for found in (audit.inside, audit.outside))
    compared = [_compared(said) for said in audit.said[claim.id]]
    first = "".join(compared[:SHOWN])
    more = f"<details><summary>{len(compared) - SHOWN} more</summary><ul>{''.join(compared[SHOWN:])}</ul></details>"
    parts = [
        f'<p class="where">{where(claim)}</p>',
        f'<p class="words">“{escape(claim.as_written)}”</p>',
        f'<p class="what">{escape(audit.ledger.says(claim), quote=False)}</p>',
        f'<p class="facts">{line}</p>',
        f'<p class="verdicts"><span>inside {inside}</span> <span>outside {outside}</span></p>',
        f'<p class="instead"><b>Write instead:</b> <span>{escape(instead)}</span></p>' if instead else "",
        f'<div class="compared"><ul>{first}</ul>{more if compared[SHOWN:] else ""}</div>' if compared else "",
        f'<p class="note">{linked_note(claim.note, "")._repr_html_()}</p>' if claim.note else "",
        f'<p class="key"><a href="#{claim.id}">{claim.id}</a></p>',
    ]
    card = ISO.sub(lambda day: in_words(day[0]), "".join(parts))
    tall = 12 + len(re.sub("<[^>]+>", "", card)) // 22  # rem at most, folds open: kept free until it is laid out
    return f'<li class="claim-card" id="{claim.id}" style="--tall:{tall}rem" {data}>{card}</li>'


def note(claim: Claim, audit: Audit) -> str:
    """Return what stands behind a number, for the card beside it and for a screen reader."""
    inside, outside = audit.inside.get(claim.id, ""), audit.outside.get(claim.id, "")
    badges = " ".join(_badge(verdict) for verdict in (inside, outside) if verdict) or NONE
    parts = [f"“{escape(claim.spoken)}” {badges}"]
    parts.append(f"{escape(audit.ledger.says(claim), quote=False)}. {where(claim)}.")
    for kinds, verdict in ((INSIDE, inside), (OUTSIDE, outside)):
        said = audit.grounds(claim.id, kinds) if verdict not in ("", "unreferenced") else None
        if said and said.outcome:
            by = (
                f"{said.publisher} has"
                if said.publisher
                else "The arithmetic gives"
                if kinds is INSIDE
                else "References have"
            )
            parts.append(escape(f"{by}: {said.outcome}."))
    if instead := audit.instead(claim.id):
        parts.append(f"<b>Write instead:</b> {escape(instead)}")
    return "".join(f"<p>{part}</p>" for part in parts)


def verdict_map(audit: Audit) -> str:
    """Return every claim as a square with the glyph of its verdict, by text, each linked to its card on the same page.

    The squares are for the eye and the pointer; the counts lead to the filtered cards, which are the list for everyone.
    """
    texts = [f'<h3><a href="?source={key}">{voice}</a></h3>{squares(key, audit, "")}' for key, voice in VOICES.items()]
    return f'<div class="verdict-map">{MAP_STYLE}{"".join(texts)}</div>'


def squares(source: str, audit: Audit, page: str) -> str:
    """Return the counts and the squares of one text."""
    found = []
    for claim in audit.ledger.claims.values():
        if claim.source == source:
            verdict = audit.gravest(claim.id)
            look = f' class="{MARKS[verdict][1]}{" grave" * (verdict in GRAVE)} v-{verdict}"' if verdict else ""
            title = escape(f"{claim.as_written}: {verdict or NONE}")
            found.append(f'<a href="{page}#{claim.id}" tabindex="-1"{look} title="{title}"></a>')
    tally = f'<p class="tally">{_tally(source, audit, page)}</p>'
    return f'{tally}<div class="squares" aria-hidden="true">{"".join(found)}</div>'


def text_cards(findings: Mapping[str, tuple[str, str]]) -> Table:
    """Return the five texts as cards with their part of the map; `findings` gives the sentence and the chapter of each."""
    audit, page = Audit(open_ledger()), reference_page("ledger")
    cards = []
    for row in audit.ledger.tables["sources"]:
        finding, chapter = findings[row["id"]]
        who = ", ".join(part for part in (row["author"], row["publisher"]) if part != "not named")
        when = in_words(row["published"].rpartition("/")[2])
        dated = f"{when} ({row['published_basis']})" if when else "undated"
        cards.append(
            f'<li class="card" id="text-{row["id"]}"><h3><a href="{chapter}">{escape(row["title"])}</a></h3>'
            f'<p class="where">{escape(who)}, {dated}</p><p class="found">{escape(finding)}</p>'
            f"{squares(row['id'], audit, page)}</li>"
        )
    markup = f'<div class="verdict-map">{MAP_STYLE}<ul class="cards texts">{"".join(cards)}</ul></div>'
    return Table("The texts, every claim a square", markup)


def _tally(source: str, audit: Audit, page: str) -> str:
    """Count the claims of a text by what the audit says of them; each count leads to its claims."""
    claims = [claim.id for claim in audit.ledger.claims.values() if claim.source == source]
    counts: list[tuple[str, str, int]] = []
    for where, verdicts in (("inside", audit.inside), ("outside", audit.outside)):
        found = Counter(verdicts[key].split(" ")[0] for key in claims if key in verdicts)
        counts += [(where, verdict, found[verdict]) for verdict in GRAVITY if found[verdict]]
    counts.sort(key=lambda each: GRAVITY.index(each[1]))
    told = [
        f'<a href="{page}?source={source}&amp;{where}={verdict}"><span aria-hidden="true">{MARKS[verdict][0]} </span>{WORDS.get(count, count)} {verdict.replace("differs", "differ")}</a>'
        for where, verdict, count in counts
    ]
    return f"{len(claims)} claims, {', '.join(told)}" if told else f"{len(claims)} claims, none compared"


def _choices(name: str, label: str, options: list[tuple[str, str]]) -> str:
    listed = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options)
    return f'<label><span>{label}</span><select name="{name}"><option value="">all</option>{listed}</select></label>'


def _tools(ledger: Ledger, audit: Audit, whole: dict[str, list[str]]) -> str:
    """Return the filters of the ledger; without a script they are not shown, and all cards are."""
    entities = Counter(name for claim in ledger.claims.values() for name in whole[claim.subject])
    names = {row["id"]: row["name"] for row in ledger.tables["entities"]}
    known = sorted(entities, key=lambda key: names[key].casefold())
    kinds, none = sorted({claim.kind for claim in ledger.claims.values()}), ("none", NONE)
    outside = [(v, v) for v in OUTSIDE if v in {w.split(" ")[0] for w in audit.outside.values()}]
    return (
        '<form class="table-tools ledger-tools" aria-label="Filter the claims">'
        '<label><span>Words</span><input type="search" name="q" autocomplete="off"></label>'
        + _choices("source", "Text", list(VOICES.items()))
        + _choices("entity", "Who or what", [(key, f"{names[key]} ({entities[key]})") for key in known])
        + _choices("kind", "Kind", [(kind, kind) for kind in kinds])
        + _choices("inside", "Inside", [*((v, v) for v in INSIDE if v in audit.inside.values()), none])
        + _choices("outside", "Outside", [*outside, ("own", "the company's own word"), none])
        + '<label><span>Order</span><select name="sort"><option value="">as in the texts</option>'
        '<option value="value">by value</option></select></label>'
        '<p><span role="status"></span> <button type="button">Download these rows</button> '
        '<button type="reset">Show all</button></p></form>'
    )


def ledger_page(ledger: Ledger) -> str:
    """Every claim as a card with an address of its own."""
    audit, names = Audit(ledger), plurals(ledger)
    units, whole = {row["unit"]: row for row in ledger.tables["units"]}, kin(ledger)
    cards = []
    for claim in ledger.claims.values():
        outside = audit.outside.get(claim.id, "none").replace(" (company's own word)", " own")
        data = (
            f'data-source="{claim.source}" data-entity="{" ".join(whole[claim.subject])}" data-kind="{claim.kind}" '
            f'data-inside="{audit.inside.get(claim.id, "none")}" data-outside="{outside}"'
        )
        cards.append(_card(claim, audit, names, data + _sortable(claim, units)))
    return (
        "# The ledger\n\n"
        "Every quantity, date, time, duration, ratio and rank that the texts state has a card here, once for each time it "
        "is stated, with the words it is written in and the line it stands on. A vague amount keeps its words and gets no "
        "number. A proposition says what is so or not, without an amount. *Inside* is what the arithmetic within the texts "
        "says, *outside* what references say; where nobody compared, the card says so. Each card has an address of its "
        "own.\n\n"
        "## All claims at a glance\n\n"
        + verdict_map(audit)
        + "\n\n## The claims\n\n"
        + _tools(ledger, audit, whole)
        + '<a class="skip-claims" href="#end-of-claims">Skip the claims</a>\n'
        '<ol class="claims">\n' + "\n".join(cards) + "\n</ol>\n\n"
        '<span id="end-of-claims"></span>The [data dictionary](data-dictionary.md) explains the columns of the table behind '
        "the cards.\n"
    )
