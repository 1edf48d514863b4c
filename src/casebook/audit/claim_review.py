"""Verdicts in the vocabulary of schema.org, so that a search engine can read which propositions do not hold.

Published is only what is refuted, worded as the proposition that was tested: by the arithmetic, where no other reading of
the same words holds; by a reference, where the comparison says contradicted.
"""

from __future__ import annotations

from typing import Any

from casebook.audit.checks import Result, run_checks
from casebook.ledger import Ledger

RATING = {"contradicted": 1, "implausible": 2, "inconsistent": 2}
ARITHMETIC, REFERENCES = "the arithmetic inside the text", "references outside the text"
BOOK = "Crunch Time: five stories about Alibaba, audited and rebuilt"


def claim_reviews(ledger: Ledger) -> dict[str, Any]:
    """Return a JSON-LD graph of schema.org ClaimReview, one for each refuted proposition and side that refutes it."""
    told = [(c.proposition, c.about[0], c.verdict, ARITHMETIC, c.comment) for c in refuted(run_checks(ledger))]
    against = [row for row in ledger.tables["corroboration"] if row["verdict"] in RATING]
    told += [(row["proposition"], row["claim"], row["verdict"], REFERENCES, row["comment"]) for row in against]
    first = {
        (proposition, aspect): (claim, verdict, why) for proposition, claim, verdict, aspect, why in reversed(told)
    }
    graph = [_review(*key, *first[key], ledger) for key in reversed(first)]
    return {"@context": "https://schema.org", "@graph": graph}


def refuted(checks: list[Result]) -> list[Result]:
    """Return the checks whose verdict counts and speaks against a claim, unless another reading of the group holds."""
    holding = {check.group for check in checks if check.group and check.verdict == "consistent"}
    return [check for check in checks if check.leads and check.verdict in RATING and check.group not in holding]


def _review(proposition: str, aspect: str, claim: str, verdict: str, why: str, ledger: Ledger) -> dict[str, Any]:
    source = next(row for row in ledger.tables["sources"] if row["id"] == ledger[claim].source)
    return {
        "@type": "ClaimReview",
        "url": f"../reference/ledger.html#{claim}",
        "claimReviewed": proposition,
        "reviewAspect": aspect,
        "reviewBody": why,
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
