"""Apportionment: whole seats, or whole stations, in proportion to votes or people."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from numpy.typing import ArrayLike

from casebook.methods.allocation import arguments

Claim = Callable[[Fraction, Fraction, int], Fraction | float]

# The claim of a party with vote v and quota q, which holds a seats, to one seat more.
CLAIMS: dict[str, Claim] = {
    "hamilton": lambda v, q, a: q - a,
    "webster": lambda v, q, a: v / (2 * a + 1),
    "huntington-hill": lambda v, q, a: v * v / (a * (a + 1)) if a else (math.inf if v else 0),
}


def apportion(votes: ArrayLike, seats: int, method: str = "webster", least: int = 0) -> list[int]:
    r"""Divide whole seats in proportion to votes, populations or the like.

    With the quota :math:`q_i = S v_i / \sum_k v_k`, Hamilton's method gives everyone the whole part and the seats that
    remain to the largest fractions. The others round :math:`v_i / D`, with the divisor D at which the seats add up:
    Webster's from the half upwards, Huntington and Hill's from the geometric mean of the whole numbers beside it. All
    three give one seat after another to the strongest claim of those who hold :math:`a_i` seats:

    .. math::

        q_i - a_i \quad\text{(Hamilton)}, \qquad \frac{v_i}{2 a_i + 1} \quad\text{(Webster)}, \qquad
        \frac{v_i}{\sqrt{a_i (a_i + 1)}} \quad\text{(Huntington-Hill)}.

    Parameters
    ----------
    votes
        :math:`v_i`, shape (n,), at least zero, not all zero.
    seats
        :math:`S`, whole, at least `least` for each.
    method
        'hamilton', 'webster' or 'huntington-hill'.
    least
        Seats that everyone has in any case, 0 or 1.

    Returns
    -------
    list of int
        Seats, in the order of the votes; they add up. Computed exactly; a tie goes to the larger vote, then to the one
        that stands first.

    Raises
    ------
    ValueError
        When an argument is out of its range, or nobody has a vote.

    References
    ----------
    M. L. Balinski and H. P. Young, *Fair Representation*.
    """
    counts = [Fraction(vote) for vote in arguments.numbers("votes", votes).tolist()]
    floor = arguments.whole("least", least, 0, 1)
    number = arguments.whole("seats", seats, floor * len(counts))
    if not any(counts):
        raise ValueError(f"votes: expected at least one above 0, found {[float(vote) for vote in counts]}")
    if method not in CLAIMS:
        raise ValueError(f"method: expected one of {', '.join(map(repr, CLAIMS))}, found {method!r}")
    return _by_claims(counts, number, CLAIMS[method], floor)


def _by_claims(votes: list[Fraction], seats: int, claim: Claim, least: int) -> list[int]:
    """Start from the whole parts; add, take and move seats until no claim outside beats one inside."""
    total = sum(votes)
    quotas = [vote * seats / total for vote in votes]
    given = [max(least, math.floor(quota)) for quota in quotas]
    places = range(len(votes))

    def strength(i: int, held: int) -> tuple[Fraction | float, Fraction, int]:
        return claim(votes[i], quotas[i], held), votes[i], -i

    while True:
        asks = max(places, key=lambda i: strength(i, given[i]))
        holders = [i for i in places if given[i] > least]
        yields = min(holders, key=lambda i: strength(i, given[i] - 1), default=None)
        short = seats - sum(given)
        if short > 0:
            given[asks] += 1
        elif yields is None or (short == 0 and strength(asks, given[asks]) <= strength(yields, given[yields] - 1)):
            return given
        else:
            given[yields] -= 1
            given[asks] += short == 0
