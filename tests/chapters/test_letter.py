"""The purchase of the letter's page: no item sold to more than one buyer, no payment lost."""

from itertools import permutations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from seeding import chapter

letter = chapter("crunch-time/letter")
RULES = [letter.reserve, letter.settle]


@pytest.mark.parametrize(("buyers", "orders", "fail"), [("AB", 6, 4), ("ABC", 90, 72), ("ABCD", 2520, 2160)])
def test_looking_and_then_taking_sells_an_item_again(buyers, orders, fail):
    # 6!/2^3 orders; only those that begin with one buyer's look and take sell once: 3 x 4!/2^2 of 90
    tried = set(permutations(2 * buyers))
    assert len(tried) == orders
    assert sum(letter.sold(order) > 1 for order in tried) == fail
    assert {letter.sold(order, safe=True) for order in tried} == {1}


def test_reserving_safely_reaches_56_states():
    # 2^3 before anybody has the item; 3 x 4^2 after: each of the others is new, saw it, saw none, or has left
    states = letter.search(letter.rush(3), [letter.reserve], safe=True)
    assert len(states) == 8 + 48
    assert not any(map(letter.oversold, states))


@pytest.mark.parametrize(("buyers", "items"), [(1, 1), (2, 1), (3, 1), (3, 2), (2, 0)])
def test_only_the_safe_shop_keeps_its_word(buyers, items):
    safe = letter.search(letter.rush(buyers, items), RULES, safe=True)
    assert not any(letter.oversold(state, items) or letter.payment_lost(state) for state in safe)
    naive = letter.search(letter.rush(buyers, items), RULES, safe=False)
    assert any(letter.oversold(state, items) for state in naive) == (0 < items < buyers)
    assert any(map(letter.payment_lost, naive)) == (items > 0)


class Shop(RuleBasedStateMachine):
    """A shop in which anything that can happen may come next."""

    safe, buyers, items = True, 4, 2

    def __init__(self):
        super().__init__()
        self.state = letter.rush(self.buyers, self.items)

    @rule(pick=st.integers(0, 99))
    def go_on(self, pick):
        ways = list(letter.follow(self.state, RULES, self.safe))
        self.state = ways[pick % len(ways)] if ways else self.state

    @invariant()
    def every_item_is_there_once(self):
        held = sum(order[0] in ("reserved", "shipped") for order in self.state[1])
        assert self.state[0] + held == self.items

    @invariant()
    def nobody_pays_for_nothing(self):
        assert all(charged == (state == "shipped") for state, *_, charged in self.state[1])


class Naive(Shop):
    safe = False


Shop.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestShop = Shop.TestCase


def test_the_machine_finds_the_fault():
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Naive, settings=settings(max_examples=60, stateful_step_count=30, report_multiple_bugs=False)
        )
