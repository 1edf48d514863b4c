import math
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.bench import pre_positioning as bench
from casebook.methods import replicates
from casebook.methods.forecast import mixed_loss
from casebook.models import pre_positioning as model
from casebook.models.pre_positioning import Festival, Learned, judge, stock
from casebook.models.pre_positioning.placement import scarf

SMALL = Festival(drawn_items=300, warehouses=6)
SEED = replicates.spawn(3, 1)[0]


@pytest.fixture(scope="module")
def season():
    return model.draw(SMALL, SEED)


def test_judged_by_hand():
    # 4 and 1 placed where 3 and 5 are wanted: 3 + 1 of 8 served nearby, 1 left, 4 short: (1 + 3 x 4) RMB on 8 pieces.
    found = judge(SMALL, np.array([[4.0, 1.0]]), np.array([[3.0, 5.0]]))
    assert found == {"placed": 62.5, "nearby": 50.0, "left": 12.5, "cost": 162.5, "hours": 18.0}


def test_pieces_and_shares_add_up():
    assert SMALL.popularity.sum() == pytest.approx(300 * 777)
    assert SMALL.shares.sum() == pytest.approx(1)
    assert (np.diff(SMALL.shares) < 0).all()
    # One over the square root: 1, 0.7071, 0.5774 of 2.2845.
    assert replace(SMALL, warehouses=3).shares == pytest.approx([0.43774, 0.30953, 0.25273], abs=1e-5)


def test_ratio_and_ideal_trust_by_hand():
    assert SMALL.ratio == 0.75
    # Precisions 1/0.64 and 1/0.25: trust 4 / 5.5625, remaining variance 1/5.5625.
    found = model.ideal(SMALL)
    assert found.trust == pytest.approx(0.719101, abs=1e-6)
    assert found.log_sd == pytest.approx(0.423999, abs=1e-6)
    assert SMALL.ideal_log_sd == pytest.approx(math.sqrt(1 / 5.5625 + 0.09 + 0.005776))


def test_learning_finds_the_law_that_made_the_data():
    many = replace(SMALL, drawn_items=20_000, popularity_log_sd=0.5, local_log_sd=0)
    learned, truth = model.learn(many, model.draw(many, SEED)), model.ideal(many)
    assert learned.trust == pytest.approx(truth.trust, abs=0.02)
    assert learned.log_sd == pytest.approx(truth.log_sd, abs=0.02)
    assert learned.shift == pytest.approx(truth.shift, abs=0.02)


def test_the_forecast_is_right_on_average():
    many = replace(SMALL, drawn_items=20_000, popularity_log_sd=0.5, total_log_sd=0, warehouses=1)
    season = model.draw(many, SEED)
    said = model.forecast(many, season, model.ideal(many))
    assert said.sum() == pytest.approx(season.demand.sum(), rel=0.02)


def test_scarfs_order_is_the_published_one():
    # Gallego and Moon: price 50.3, cost 35.1, salvage 25, so 15.2 lost on a piece short and 10.1 on one left over.
    case = replace(SMALL, short_rmb_per_piece=15.2, left_rmb_per_piece=10.1)
    assert float(scarf(case, np.array(900.0), np.array(122.0))) == pytest.approx(925.108, abs=0.001)
    assert float(scarf(case, np.array(100.0), np.array(500.0))) == 0


def test_rules(season):
    learned = model.learn(SMALL, season)
    placed = {rule: stock(rule, SMALL, season, learned) for rule in model.RULES}
    assert placed["nothing"].sum() == 0
    assert np.array_equal(placed["last festival"], season.last)
    assert (placed["newsvendor"] == np.round(placed["newsvendor"])).all()
    assert placed["newsvendor"].sum() > placed["mean"].sum()
    with pytest.raises(ValueError, match="rule: expected one of"):
        stock("guess", SMALL, season, learned)


def test_the_newsvendor_beats_the_other_rules_on_average():
    cost = model.compare(SMALL, 12).groupby("rule")["cost"].mean()
    assert cost["nothing"] == pytest.approx(300)
    assert cost["newsvendor"] < cost["mean"] < cost["last festival"] < cost["nothing"]
    assert cost["true law"] == pytest.approx(cost["newsvendor"], rel=0.05)


def test_a_better_signal_serves_more():
    cost = [
        model.compare(replace(SMALL, signal_log_sd=sd), 6).groupby("rule")["cost"].mean()["newsvendor"]
        for sd in (0.05, 0.5, 5)
    ]
    assert cost == sorted(cost)


def test_the_best_way_is_never_beaten_at_equal_stock():
    found = model.frontier(SMALL, SEED, [0.05, 0.2, 0.5, 0.8])
    best = found[found["way"] == "best"]
    assert (np.diff(best["placed"]) > 0).all()
    assert (np.diff(best["nearby"]) > 0).all()
    for way in ("forecast", "last festival", "one centre"):
        other = found[found["way"] == way]
        at_equal = np.interp(other["placed"], best["placed"], best["nearby"])
        assert (other["nearby"] <= at_equal + 1).all()


def test_classes_add_up(season):
    placed = stock("newsvendor", SMALL, season, model.learn(SMALL, season))
    found = model.classes(SMALL, season, placed, [0.01, 0.1, 0.5])
    assert found["items"].tolist() == [1, 9, 40, 50]
    assert found["pieces"].sum() == pytest.approx(100)
    whole = judge(SMALL, placed, season.demand)["nearby"]
    assert found["pieces"] @ found["nearby"] / 100 == pytest.approx(whole)


def test_scores_reward_the_signs(season):
    found = model.scores(SMALL, season, model.learn(SMALL, season)).set_index("forecast")
    assert found["rmsse"].idxmin() == found["pinball"].idxmin() == "ordinary days and signs"


def test_shared_stock_favours_the_predictable_while_it_is_scarce():
    alike = model.shared(50, (0.5, 0.5), 0.6)
    assert alike["first"] == alike["second"] == alike["placed"] / 2
    scarce, plenty = (model.shared(50, (0.1, 1.0), chance) for chance in (0.1, 0.9))
    assert scarce["first"] > scarce["second"]
    assert plenty["first"] < plenty["second"]
    # No other split of the scarce stock serves more.
    splits = np.arange(scarce["placed"] + 1)
    served = 100 - mixed_loss(splits, 50, 0.1) - mixed_loss(scarce["placed"] - splits, 50, 1.0)
    assert scarce["served"] == pytest.approx(served.max(), abs=0.1)


def test_totals_by_hand():
    found = model.totals([2, 3, 6]).set_index("rule")["forecast"]
    assert found.to_dict() == {"no growth": 3, "the same addition": 4, "the same growth factor": 4.5}
    assert np.isfinite(model.totals([9, 2, 1])["log_error"]).all()
    for bad in ([1, 2], [1, 0, 2], [1, math.nan, 2]):
        with pytest.raises(ValueError, match="values"):
            model.totals(bad)


def test_limits():
    certain = replace(SMALL, local_log_sd=0, total_log_sd=0, signal_log_sd=1e-9)
    season = model.draw(certain, SEED)
    served = judge(certain, stock("newsvendor", certain, season, model.ideal(certain)), season.demand)
    assert served["nearby"] > 97  # only the luck of single pieces is left
    tiny = replace(SMALL, pieces=1, catalogue_items=1e6)
    empty = model.draw(tiny, SEED)
    assert model.learn(tiny, empty) == Learned(0.0, 0.0, tiny.change_log_sd)
    assert judge(tiny, stock("newsvendor", tiny, empty, model.learn(tiny, empty)), empty.demand)["placed"] == 0
    one = replace(SMALL, warehouses=1)
    assert one.shares.tolist() == [1]


@settings(max_examples=15)
@given(
    short=st.floats(0.1, 20),
    local=st.floats(0, 1),
    rule=st.sampled_from(model.RULES),
    key=st.integers(0, 99),
)
def test_pieces_are_conserved_and_shares_are_shares(short, local, rule, key):
    festival = replace(SMALL, short_rmb_per_piece=short, local_log_sd=local, drawn_items=100, warehouses=3)
    season = model.draw(festival, np.random.SeedSequence(key))
    placed = stock(rule, festival, season, model.learn(festival, season))
    found = judge(festival, placed, season.demand)
    assert placed.shape == season.demand.shape
    assert (placed >= 0).all()
    assert 0 <= found["nearby"] <= 100 + 1e-9
    assert found["placed"] == pytest.approx(found["nearby"] + found["left"])


@pytest.mark.parametrize("name", [field.name for field in fields(Festival)])
def test_bad_assumptions_are_named(name):
    for bad in (-1, math.nan, math.inf):
        with pytest.raises(ValueError, match=name):
            replace(SMALL, **{name: bad})


@pytest.mark.parametrize(("name", "bad"), [("pieces", 0), ("warehouses", 2.5), ("warehouses", 0), ("drawn_items", 99)])
def test_counts_must_be_whole_and_enough(name, bad):
    with pytest.raises(ValueError, match=name):
        replace(SMALL, **{name: bad})


def test_the_same_bits_in_a_pool_and_on_a_cluster(pool, dask_executor):
    here = model.compare(SMALL, 4)
    for executor in (pool, dask_executor):
        pd.testing.assert_frame_equal(model.compare(SMALL, 4, executor), here, check_exact=True)


def test_the_defaults_are_the_declared_assumptions(ledger):
    rest = {"pieces": ledger.value("sd-parcels-on-the-day"), "total_log_sd": 0.076}
    for field in fields(Festival):
        name = f"pre-positioning-{field.name.replace('_', '-')}"
        assert field.default == (rest[field.name] if field.name in rest else ledger.assumption(name))


def test_the_declared_error_of_the_total_is_the_one_found(ledger):
    totals = ledger.series("singles-day-parcels").set_index("as_of")["value"]
    found = model.totals([totals[str(year)] for year in range(2013, 2020)])
    error = found.loc[found["rule"] == "the same addition", "log_error"]
    assert math.sqrt((error**2).mean()) == pytest.approx(0.076, abs=0.0005)


@pytest.mark.slow
def test_the_full_scale_is_the_stored_one(ledger):
    stored = {row["id"]: float(row["value"]) for row in ledger.tables["full_runs"]}
    found = {figure.id: figure.value for figure in bench.full_scale()}
    assert found["pre-positioning-sketch-customers"] >= ledger.value("sd-customers-data-processed")
    assert found["pre-positioning-full-items"] == ledger.assumption("pre-positioning-catalogue-items")
    for name in ("sketch-count", "sketch-memory", "full-pieces", "full-nearby", "full-last"):
        assert found[f"pre-positioning-{name}"] == pytest.approx(stored[f"pre-positioning-{name}"], rel=1e-5)
    assert abs(found["pre-positioning-sketch-count"] / 5e8 - 1) < 3 * 1.04 / 128
    assert found["pre-positioning-sketch-seconds"] < 60
    assert found["pre-positioning-full-seconds"] < 120


def test_a_smaller_season_gives_nearly_what_the_full_one_gave(ledger):
    stored = {row["id"]: float(row["value"]) for row in ledger.tables["full_runs"]}
    found = {figure.id: figure.value for figure in bench.place_stock(10_000)}
    for name in ("pre-positioning-full-nearby", "pre-positioning-full-last"):
        assert found[name] == pytest.approx(stored[name], abs=4)
