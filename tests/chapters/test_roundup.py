import pandas as pd
import pytest
from seeding import chapter

from casebook import ledger

model = chapter("june-2020/roundup")


def test_the_stock_of_what_is_worthless_afterwards():
    assert model.best_stock(0.5, 0.3) == pytest.approx(1)
    assert model.best_stock(0.4, 0.3) == pytest.approx(1 - 0.3 * 0.2533471, abs=1e-7)  # the normal quantile of 0.4


def test_the_feast_is_the_fifth_day_of_a_moon_near_the_solstice():
    feast = ledger.series("dragon-boat-festival")
    days = pd.to_datetime(feast["as_of"])
    assert list(days.dt.year) == list(range(2015, 2027))
    assert list(days.dt.day_of_year - pd.to_datetime(days.dt.year.astype(str) + "-06-18").dt.day_of_year) == list(
        feast["value"]
    )
    new_moon, month = pd.Timestamp("2000-01-07T02:14"), 29.530589  # of January 2000, in China
    age = ((days + pd.Timedelta("12h") - new_moon).dt.total_seconds() / 86400) % month
    assert age.between(2.9, 5.1).all()  # noon of the fifth day, and up to 14 hours for the moon off its mean
    assert days.dt.month.isin([5, 6]).all()
