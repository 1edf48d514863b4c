import json

from casebook.claim_review import claim_reviews


def test_only_claims_that_do_not_hold_are_reviewed(ledger):
    graph = claim_reviews(ledger)["@graph"]
    reviewed = {entry["url"].split("#")[1]: entry["reviewRating"]["alternateName"] for entry in graph}
    assert reviewed["jr-flights-multiple"] in ("inconsistent", "contradicted")
    assert reviewed["sc-hotlines"] == "contradicted"
    assert "sc-borrowed-staff" not in reviewed
    assert set(reviewed.values()) == {"inconsistent", "contradicted"}


def test_reviews_have_what_the_vocabulary_requires(ledger):
    reviews = claim_reviews(ledger)
    assert json.loads(json.dumps(reviews)) == reviews
    for entry in reviews["@graph"]:
        assert entry["@type"] == "ClaimReview"
        assert entry["claimReviewed"]
        assert entry["itemReviewed"]["author"]["name"]
        rating = entry["reviewRating"]
        assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
