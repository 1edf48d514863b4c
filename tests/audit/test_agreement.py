import re
from collections import defaultdict
from itertools import combinations

import pytest

from casebook.audit.agreement import agreement
from casebook.audit.checks import run_checks
from casebook.audit.verdicts import inside_verdicts, outside_verdicts
from casebook.ledger.descriptor import split
from casebook.pages.audit_table import audit_table
from casebook.pages.claim_cards import ledger_page


def test_kappa_by_hand():
    # 50 rows, 20 yes by both, 15 no by both, 5 yes-no, 10 no-yes: 0.70 agree, 0.5 * 0.6 + 0.5 * 0.4 by chance
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = agreement(first, second)
    assert found.rows == 50
    assert found.share == pytest.approx(0.70)
    assert found.kappa == pytest.approx(0.40)
    assert agreement(["holds"] * 3, ["holds"] * 3) == (3, 1.0, 1.0)


def test_every_comparison_was_judged_by_both(ledger):
    rows = [row for row in ledger.tables["corroboration"] if row["first"]]
    assert len(rows) >= 114
    assert all(bool(row["first"]) == bool(row["second"]) for row in ledger.tables["corroboration"])
    found = agreement([row["first"] for row in rows], [row["second"] for row in rows])
    assert found.share > 0.7
    assert found.kappa > 0.6


def test_what_cannot_fail_is_no_verdict_on_a_claim(ledger):
    idle = {row["id"] for row in ledger.tables["checks"] if row["counts"] == "no"}
    told = {row["id"] for row in ledger.tables["checks"] if row["second"] in ("cannot fail", "not comparable")}
    checks = {check.id: check for check in run_checks(ledger)}
    assert told <= idle | {key for key, check in checks.items() if not check.verdict}
    assert not any(checks[key].leads for key in idle)
    # What holds by the meaning of the words: an order of telling, a share of its whole, a fact told again by one text.
    for check in (check for check in checks.values() if check.leads and check.verdict):
        assert check.relation not in ("order", "part-of-whole", "share-of-sum", "coincidence"), check.id
        if check.relation == "same-fact":
            assert len({ledger[address].source for _, address in check.inputs}) == 2, check.id


def test_an_aim_and_a_rule_of_thumb_are_never_found_wrong(ledger):
    for claim, verdict in inside_verdicts(ledger).items():
        if ledger[claim].kind in ("target", "estimate"):
            assert verdict == "consistent", claim


def test_a_verdict_stands_wherever_a_bound_of_our_own_may_lie(ledger, altered):
    bounds = re.findall(r"(?:low|high)=assumption:([a-z-]+)(?=;|$)", "\n".join(_inputs(ledger)), re.M)
    assert "audit-parcels-per-head-high" in bounds
    ranges = {row["id"]: (row["low"], row["high"]) for row in ledger.tables["assumptions"]}
    turned = set()
    for bound in set(bounds):
        for end in ranges[bound]:
            turned |= {c.id for c in run_checks(altered("assumptions", bound, value=end)) if c.verdict != c.reviewed}
    assert turned == {"sd-parcels-per-head", "sc-hotline-calls"}
    assert not any(check.leads for check in run_checks(ledger) if check.id in turned)


def test_every_assumption_of_the_audit_has_a_range_about_its_value(ledger):
    rows = [row for row in ledger.tables["assumptions"] if row["chapter"] == "across/audit"]
    assert all(float(row["low"]) <= float(row["value"]) <= float(row["high"]) for row in rows)


def test_the_doubt_falls_on_the_claim_that_the_evidence_speaks_against(ledger):
    inside, outside = inside_verdicts(ledger), outside_verdicts(ledger)
    against = {"imprecise", "inconsistent", "implausible", "differs", "contradicted"}
    doubted = {claim for claim, verdict in [*inside.items(), *outside.items()] if verdict in against}
    assert {"sd-parcels-on-the-day", "sd-staff-shipping-period", "jr-flights-multiple", "sc-hotlines"} <= doubted
    # Confirmed outside and marked by no relation: what stands beside a doubtful claim is not doubted with it.
    for claim, verdict in outside.items():
        if verdict.startswith("corroborated") and claim in inside:
            assert inside[claim] in ("consistent", "imprecise") or "own word" in verdict, claim
    for beside in ("sd-daily-volume-present", "sd-staff-on-the-day", "jr-flights-before", "jr-posts-planned"):
        assert beside not in inside, beside


def test_round_numbers_that_coincide_across_texts_are_told_apart(ledger):
    by_value = defaultdict(list)
    for claim in ledger.claims.values():
        if isinstance(claim.low, int) and claim.low == claim.high and claim.low >= 10_000:
            by_value[claim.low].append(claim)
    pairs = {
        frozenset((one.id, other.id))
        for claims in by_value.values()
        for one, other in combinations(claims, 2)
        if one.source != other.source
    }
    listed = {frozenset(split(row["about"])) for row in ledger.tables["checks"] if row["relation"] == "coincidence"}
    assert pairs == listed


def _inputs(ledger):
    return [row["inputs"] for row in ledger.tables["checks"]]


def test_words_of_a_reference_stand_only_where_one_was_read(ledger):
    for row in ledger.tables["corroboration"]:
        assert bool(row["read"]) == bool(row["reference"]), row["id"]
        assert row["reference"] or not row["words"], row["id"]
        assert row["words"] or row["verdict"] != "contradicted", row["id"]
    page, table = ledger_page(ledger), audit_table().markup
    assert "(independent, read 22 November 2026): " in page
    assert "(independent, read 29 November 2026): “in separate but similar statements”. " in table


def test_a_copied_release_is_the_company_s_word_in_the_badge(ledger):
    outside = outside_verdicts(ledger)
    for row in ledger.tables["corroboration"]:
        if re.search("own medium|company.s? .*release|maker|only (the company|Hema|those)", row["comment"]):
            assert row["voice"] == "company", row["id"]
        assert row["verdict"] == "corroborated" or not re.search("^(Corrobor|Agrees)", row["comment"]), row["id"]
    assert outside["jr-applications-received"] == "corroborated (company's own word)"
    assert outside["sc-borrowed-staff"] == "corroborated (company's own word)"
