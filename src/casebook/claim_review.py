"""Verdicts in the vocabulary of schema.org, so that a search engine can read which claims do not hold."""

from __future__ import annotations

from typing import Any

from casebook.audit import GRAVITY, inside_verdicts, outside_verdicts
from casebook.ledger import QUALIFIERS, Claim, Ledger

# Only verdicts that speak against a claim are published as reviews, from the gravest to the mildest.
RATING = {"contradicted": 1, "inconsistent": 2}
BOOK = "Crunch Time: five stories about Alibaba, audited and rebuilt"


def claim_reviews(ledger: Ledger) -> dict[str, Any]:
    """Return a JSON-LD graph of schema.org ClaimReview, one for each claim found inconsistent or contradicted.

    The claim is given in the book's own words: what is measured and the value, never a sentence of the text.
    """
    inside, outside = inside_verdicts(ledger), outside_verdicts(ledger)
    reviews = []
    for key, claim in ledger.claims.items():
        found = {inside.get(key, ""), outside.get(key, "")} & set(RATING)
        if found:
            reviews.append(_review(claim, min(found, key=GRAVITY.index), ledger))
    return {"@context": "https://schema.org", "@graph": reviews}


def _review(claim: Claim, verdict: str, ledger: Ledger) -> dict[str, Any]:
    source = next(row for row in ledger.tables["sources"] if row["id"] == claim.source)
    plural = next(row["plural"] for row in ledger.tables["units"] if row["unit"] == claim.unit)
    subject = ledger.entity(claim.subject)["name"]
    value = "no number" if claim.low is None else f"{QUALIFIERS[claim.qualifier]} {_value(claim)} {plural}".strip()
    return {
        "@type": "ClaimReview",
        "url": f"../reference/ledger.html#{claim.id}",
        "claimReviewed": f"{subject}: {claim.measure}, {value}",
        "datePublished": ledger.descriptor["created"][:10],
        "author": {"@type": "Organization", "name": BOOK},
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Organization", "name": source["publisher"]},
            "appearance": {"@type": "CreativeWork", "headline": source["title"]},
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": RATING[verdict],
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": verdict,
        },
    }


def _value(claim: Claim) -> str:
    ends = [
        f"{v:,}" if isinstance(v, (int, float)) and claim.unit != "year" else str(v) for v in (claim.low, claim.high)
    ]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
