import json

from casebook.audit.checks import run_checks
from casebook.audit.claim_review import claim_reviews, refuted


def test_reviewed_are_refuted_propositions_in_their_own_words(ledger):
    graph = claim_reviews(ledger)["@graph"]
    said = {entry["claimReviewed"]: entry["reviewRating"]["alternateName"] for entry in graph}
    tested = {row["proposition"]: row["verdict"] for row in ledger.tables["corroboration"]}
    tested |= {check.proposition: check.verdict for check in refuted(run_checks(ledger))}
    assert said == {words: tested[words] for words in said}
    assert set(said.values()) == {"inconsistent", "implausible", "contradicted"}
    claims = {entry["url"].split("#")[1] for entry in graph}
    assert {"sd-parcels-on-the-day", "jr-applications-received", "jr-flights-multiple"} < claims
    # A rule of thumb, a stale figure, one that another reading makes right, a word that the text qualifies, a tie by day.
    unreviewed = {"sc-stage-scale-years", "sd-daily-volume-present", "sc-other-channel-delay", "jr-fleet"}
    assert not (unreviewed | {"sc-refund-notice-order"}) & claims


def test_every_check_that_counts_against_a_claim_names_its_proposition(ledger):
    for check in run_checks(ledger):
        speaks = check.leads and check.verdict in ("inconsistent", "implausible")
        assert bool(check.proposition) == speaks, check.id


def test_arithmetic_and_references_are_two_aspects(ledger, altered):
    def aspects(found):
        return {entry["url"].split("#")[1]: entry["reviewAspect"] for entry in claim_reviews(found)["@graph"]}

    assert aspects(ledger)["jr-flights-multiple"] == "the arithmetic inside the text"
    assert aspects(ledger)["sc-hotlines"] == "references outside the text"
    assert "sc-hotlines" not in aspects(altered("corroboration", "sc-hotlines-1", verdict="differs"))
    cells = {"value_low": "1040", "value_high": "1040", "as_written": "to 1,040"}
    assert "jr-flights-multiple" not in aspects(altered("claims", "jr-flights-planned", **cells))


def test_reviews_have_what_the_vocabulary_requires(ledger):
    reviews = claim_reviews(ledger)
    assert json.loads(json.dumps(reviews)) == reviews
    for entry in reviews["@graph"]:
        assert entry["@type"] == "ClaimReview"
        assert entry["claimReviewed"]
        assert entry["itemReviewed"]["author"]["name"]
        rating = entry["reviewRating"]
        assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
