"""What two claims can mean together: output per hand or per site, labour cost per pick or in all; and mistakes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
from scipy import special


@dataclass(frozen=True)
class Staff:
    """People and machines of a warehouse, before and after.

    Attributes
    ----------
    picks_by_hand
        Picks of a person an hour who walks to the shelves.
    robots_per_carer
        Robots that one person keeps running.
    wage_rmb
        Cost of a person an hour.
    robot_rmb
        Cost of a robot an hour, bought and kept.

    Raises
    ------
    ValueError
        When a number is not above zero.
    """

    picks_by_hand: float
    robots_per_carer: float
    wage_rmb: float
    robot_rmb: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 < value < math.inf:
                raise ValueError(f"{name}: expected a number above 0, found {value}")

    def people(self, stations: int, robots: float) -> float:
        """Return pickers and carers."""
        return stations + robots / self.robots_per_carer

    def gain(self, picks: float, stations: int, robots: float) -> float:
        """Return picks per person and hour over those of a person who walks."""
        return picks / self.people(stations, robots) / self.picks_by_hand

    def labour_saved(self, picks: float, stations: int, robots: float) -> float:
        """Return by how many per cent the labour cost of a pick falls, wages unchanged."""
        return 100 * (1 - 1 / self.gain(picks, stations, robots))

    def cost_saved(self, picks: float, stations: int, robots: float) -> float:
        """Return by how many per cent labour and robots together make a pick cheaper; negative when dearer."""
        each = (self.wage_rmb * self.people(stations, robots) + self.robot_rmb * robots) / picks
        return 100 * (1 - each * self.picks_by_hand / self.wage_rmb)

    def break_even_rmb(self, picks: float, stations: int, robots: float) -> float:
        """Return the cost of a robot an hour at which a pick costs as much as by hand."""
        by_hand = self.wage_rmb * picks / self.picks_by_hand
        return (by_hand - self.wage_rmb * self.people(stations, robots)) / robots


def readings(times: float, saved_percent: float) -> pd.DataFrame:
    r"""Work out every reading of the two claims, wages unchanged.

    With output Q and hours H, both over their old values, a hand yields P = Q / H and a pick costs H / Q in labour.

    Parameters
    ----------
    times
        Output, as stated; read as so many times the old and as so many times more.
    saved_percent
        The stated upper bound of the saving, above zero and below one hundred.

    Returns
    -------
    pandas.DataFrame
        gain_of ('a hand' or 'the site'), saving_on ('each pick' or 'the payroll'), times, per_hand (P), output (Q),
        hours (H), saved_percent (of each pick), within ('up to' kept).

    Raises
    ------
    ValueError
        When a number is out of its range.
    """
    if not 1 <= times < math.inf:
        raise ValueError(f"times: expected at least 1, found {times}")
    if not 0 < saved_percent < 100:
        raise ValueError(f"saved_percent: expected more than 0 and less than 100, found {saved_percent}")
    left = 1 - saved_percent / 100
    rows = []
    for m in (times, times + 1):
        cases = {  # output and hours; a hand's gain alone fixes the saving on a pick, and leaves the output open
            ("a hand", "each pick"): (1.0, 1 / m),
            ("a hand", "the payroll"): (m * left, left),
            ("the site", "each pick"): (m, m * left),
            ("the site", "the payroll"): (m, left),
        }
        for (gain_of, saving_on), (output, hours) in cases.items():
            saved = 100 * (1 - hours / output) if saving_on == "each pick" else 100 * (1 - hours)
            within = saved <= saved_percent * (1 + 1e-9)
            rows.append((gain_of, saving_on, m, output / hours, output, hours, saved, within))
    columns = ["gain_of", "saving_on", "times", "per_hand", "output", "hours", "saved_percent", "within"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Mistakes:
    """Causes of wrong picks, each a number in a thousand picks by hand, and what robots and checks do to them.

    Attributes
    ----------
    place, item, count
        Wrong shelf, wrong item of the right shelf, wrong number of the right item, per thousand picks.
    pods_wrong
        Pods brought or stored wrongly, per thousand picks with robots; it stands in the place of the wrong shelf.
    caught_percent
        Share of all mistakes that a check at the end finds, with robots and without.
    """

    place: float
    item: float
    count: float
    pods_wrong: float
    caught_percent: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            top = 100 if name == "caught_percent" else 1000
            if not 0 <= value <= top:
                raise ValueError(f"{name}: expected 0 to {top}, found {value}")

    def by_hand(self) -> float:
        """Return mistakes that reach the customer, per thousand picks, without robots."""
        return self._slip(self.place)

    def with_robots(self) -> float:
        """Return mistakes that reach the customer, per thousand picks, with robots."""
        return self._slip(self.pods_wrong)

    def _slip(self, place: float) -> float:
        right = (1 - place / 1000) * (1 - self.item / 1000) * (1 - self.count / 1000)
        return 1000 * (1 - right) * (1 - self.caught_percent / 100)


def picks_to_tell(before: float, after: float, level: float = 0.95, power: float = 0.8) -> float:
    r"""Return how many picks must be counted before and after, each, to tell rates per thousand apart.

    .. math:: n = \frac{(z_{(1+\text{level})/2} + z_{\text{power}})^2\,(p_1(1-p_1) + p_2(1-p_2))}{(p_1 - p_2)^2}

    Parameters
    ----------
    before, after
        Mistakes per thousand picks; infinitely many picks where they are equal.
    level, power
        Confidence level, and the chance of telling when there is a difference.

    References
    ----------
    J. L. Fleiss, B. Levin and M. C. Paik, *Statistical Methods for Rates and Proportions*, chapter 4.
    """
    one, two = before / 1000, after / 1000
    if one == two:
        return math.inf
    z = float(special.ndtri((1 + level) / 2) + special.ndtri(power))
    return z**2 * (one * (1 - one) + two * (1 - two)) / (one - two) ** 2
