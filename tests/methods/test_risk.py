"""Risk: published and hand-derived digits, enumeration, exact relations between laws, limits."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casebook.methods.risk import Binomial, Loss, NegativeBinomial, Poisson, beta_binomial, panjer, wilson

severities = (
    st.lists(st.floats(0, 1), min_size=2, max_size=8).filter(lambda f: sum(f) > 0.1).map(lambda f: np.array(f) / sum(f))
)
frequencies = st.one_of(
    st.builds(Poisson, st.floats(0, 40)),
    st.builds(Binomial, st.integers(0, 40), st.floats(0, 1)),
    st.builds(NegativeBinomial, st.floats(0, 10), st.floats(0, 5)),
)


def enumerated(counts, severity, size):
    """Add up, for each number of claims, its probability times the severity convolved with itself so often."""
    total, fold = np.zeros(size), np.eye(1, size)[0]
    for chance in counts:
        total += chance * fold
        fold = np.convolve(fold, severity)[:size]
    return total


class TestPanjer:
    def test_poisson_digits(self):
        # Bowers et al., Actuarial Mathematics, chapter 12: mean 0.8, claims of 1, 2, 3 with 0.25, 0.375, 0.375.
        # By hand, in units of exp(-0.8): 1, 0.2, 0.32, 1.084 / 3, ...
        law = panjer(Poisson(0.8), [0, 0.25, 0.375, 0.375])
        assert law.pmf[:5] == pytest.approx([0.449329, 0.089866, 0.143785, 0.162358, 0.049905], abs=5.1e-7)
        assert law.mean == pytest.approx(0.8 * 2.125)
        assert law.variance == pytest.approx(0.8 * (0.25 + 1.5 + 3.375))

    def test_binomial_by_hand(self):
        law = panjer(Binomial(2, 0.5), [0, 0.5, 0.5])  # nobody 1/4, one claim 1/2, two claims 1/4
        assert law.pmf == pytest.approx([4 / 16, 4 / 16, 5 / 16, 2 / 16, 1 / 16])

    def test_geometric_claims_of_geometric_size_by_hand(self):
        # A geometric number (beta) of geometric claims is zero with 1 / (1 + beta), else geometric again.
        beta, q = 2.0, 0.25
        size = 200
        severity = np.concatenate([[0], q * (1 - q) ** np.arange(size - 1)])
        severity[-1] += 1 - severity.sum()
        law = panjer(NegativeBinomial(1, beta), severity).pmf[: size - 1]
        again = q / (1 + beta)
        expected = np.concatenate([[1 / 3], 2 / 3 * again * (1 - again) ** np.arange(size - 2)])
        assert law == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize("lam", [1e-9, 0.3, 50.0, 2e4])
    def test_claims_of_one_are_counted(self, lam):
        law = panjer(Poisson(lam), [0, 1])
        assert law.pmf == pytest.approx(stats.poisson.pmf(np.arange(law.pmf.size), lam), rel=1e-8, abs=1e-15)

    def test_logarithmic_claims_make_a_negative_binomial_sum(self):
        # Quenouille 1949: r ln(1 + beta) claims on average, each logarithmic.
        r, beta, size = 2.5, 3.0, 400
        severity = np.concatenate([[0], stats.logser.pmf(np.arange(1, size), beta / (1 + beta))])
        severity[-1] += 1 - severity.sum()
        law = panjer(Poisson(r * math.log(1 + beta)), severity).pmf[:100]
        assert law == pytest.approx(stats.nbinom.pmf(np.arange(100), r, 1 / (1 + beta)), rel=1e-10)

    @given(severities)
    def test_equals_enumeration(self, severity):
        size, k = 120, np.arange(120)
        for frequency, counts in (
            (Poisson(3.0), stats.poisson.pmf(k, 3.0)),
            (Binomial(9, 0.3), stats.binom.pmf(k, 9, 0.3)),
            (NegativeBinomial(0.4, 2.0), stats.nbinom.pmf(k, 0.4, 1 / 3)),
        ):
            law = panjer(frequency, severity).pmf
            found = np.append(law, np.zeros(size))[:size]
            assert found == pytest.approx(enumerated(counts, severity, size), abs=1e-14)

    @given(frequencies, severities)
    def test_moments_of_a_random_sum(self, frequency, severity):
        law, k = panjer(frequency, severity), np.arange(severity.size)
        mean, variance = frequency.moments
        size, spread = severity @ k, severity @ k**2 - (severity @ k) ** 2
        assert law.pmf.sum() == pytest.approx(1)
        assert (law.pmf >= 0).all()
        assert law.mean == pytest.approx(mean * size, rel=1e-7, abs=1e-12)
        assert law.variance == pytest.approx(mean * spread + variance * size**2, rel=1e-6, abs=1e-10)

    @given(frequencies, severities, st.floats(0, 0.9999))
    def test_quantiles_suffice_and_nothing_less_does(self, frequency, severity, level):
        law = panjer(frequency, severity, unit=2.5)
        amount = law.quantile(level)
        assert law.tail(amount) <= 1 - level + 2e-12
        assert amount == 0 or law.tail(amount - 2.5) > 1 - level - 2e-12
        assert law.reserve() >= law.quantile(0.9)

    def test_many_claims_are_normal(self):
        law = panjer(Poisson(10000), np.append(0, np.full(10, 0.1)))
        mean, variance = 10000 * 5.5, 10000 * 38.5
        assert law.reserve() == pytest.approx(mean + 2.575829 * math.sqrt(variance), rel=2e-4)
        assert law.variance == pytest.approx(variance)

    def test_many_policies_equal_a_binomial(self):
        law = panjer(Binomial(10**6, 0.5), [0, 1])
        assert law.pmf[500000] == pytest.approx(stats.binom.pmf(500000, 10**6, 0.5), rel=1e-10)
        assert law.mean == pytest.approx(5e5, rel=1e-12)
        large = panjer(Binomial(1000, 0.9), np.append(0, np.full(900, 1 / 900)))  # long enough for Fourier
        assert large.mean == pytest.approx(900 * 450.5)
        assert large.pmf.sum() == pytest.approx(1)

    def test_limits(self):
        for nothing in (Poisson(0), Binomial(0, 0.5), Binomial(5, 0), NegativeBinomial(0, 3), NegativeBinomial(3, 0)):
            assert panjer(nothing, [0, 0.5, 0.5]).pmf.tolist() == [1]
        assert panjer(Poisson(5), [1.0, 0.0]).pmf.tolist() == [1]
        assert panjer(Poisson(5), [0.5, 0.5]).pmf[0] == pytest.approx(math.exp(-2.5))
        assert panjer(Binomial(7, 1), [0, 0, 1]).pmf == pytest.approx(np.eye(1, 15, 14)[0])
        rare = panjer(Poisson(0.001), np.eye(1, 1001, 1000)[0])
        assert rare.pmf[1000] == pytest.approx(0.001 * math.exp(-0.001))
        assert rare.reserve(0.9999) == 1000


class TestLoss:
    def test_amounts_in_units(self):
        law = Loss(np.array([0.5, 0.25, 0.25]), unit=100.0)
        assert (law.mean, law.variance) == (75.0, 6875.0)
        assert [law.quantile(q) for q in (0, 0.5, 0.6, 0.75, 0.99)] == [0, 0, 100, 100, 200]
        assert [law.tail(x) for x in (-1, 0, 99, 100, 200, 1e9)] == [1, 0.5, 0.5, 0.25, 0, 0]


class TestBetaBinomial:
    def test_two_people_by_hand(self):
        # Both claim with p (p + rho (1 - p)): 0.2 x (0.2 + 0.5 x 0.8).
        assert beta_binomial(2, 0.2, 0.5).pmf == pytest.approx([0.72, 0.16, 0.12])

    def test_polyas_urn_is_uniform(self):
        assert beta_binomial(9, 0.5, 1 / 3).pmf == pytest.approx(np.full(10, 0.1))

    def test_equals_every_order_of_claims_of_the_urn(self):
        n, p, rho = 6, 0.3, 0.15
        a, b = p * (1 - rho) / rho, (1 - p) * (1 - rho) / rho
        expected = np.zeros(n + 1)
        for draws in product((0, 1), repeat=n):
            chance, ones = 1.0, 0
            for turn, draw in enumerate(draws):
                chance *= ((a + ones) if draw else (b + turn - ones)) / (a + b + turn)
                ones += draw
            expected[ones] += chance
        assert beta_binomial(n, p, rho).pmf == pytest.approx(expected)

    @given(st.integers(1, 200), st.floats(0.001, 0.999), st.floats(0, 1))
    def test_contagion_moves_the_variance_and_not_the_mean(self, n, p, rho):
        law = beta_binomial(n, p, rho)
        assert law.mean == pytest.approx(n * p, rel=1e-9)
        assert law.variance == pytest.approx(n * p * (1 - p) * (1 + (n - 1) * rho), rel=1e-8)

    @given(st.integers(10, 500), st.floats(0.01, 0.3))
    def test_contagion_needs_a_larger_reserve(self, n, p):
        assert beta_binomial(n, p, 0.05).reserve() >= beta_binomial(n, p, 0).reserve()

    def test_limits(self):
        binomial = stats.binom.pmf(np.arange(31), 30, 0.2)
        assert beta_binomial(30, 0.2, 0).pmf == pytest.approx(binomial)
        assert beta_binomial(30, 0.2, 1e-18).pmf == pytest.approx(binomial)
        assert beta_binomial(4, 0.2, 1).pmf == pytest.approx([0.8, 0, 0, 0, 0.2])
        assert beta_binomial(0, 0.2, 0.5).pmf.tolist() == [1]
        assert beta_binomial(3, 0, 0.5).pmf.tolist() == [1, 0, 0, 0]
        assert beta_binomial(3, 1, 0.5).pmf.tolist() == [0, 0, 0, 1]
        many = beta_binomial(10**6, 0.01, 1e-4, unit=500.0)
        assert many.mean == pytest.approx(500 * 10**4)


class TestWilson:
    @pytest.mark.parametrize(
        ("k", "n", "low", "high"),
        [(81, 263, 0.25529, 0.36621), (15, 148, 0.06239, 0.16049), (0, 20, 0, 0.16113), (1, 29, 0.00611, 0.17176)],
    )
    def test_newcombes_digits(self, k, n, low, high):
        assert wilson(k, n) == pytest.approx((low, high), abs=5.1e-6)

    @given(st.integers(0, 10**9), st.integers(1, 10**9), st.floats(0.01, 0.9999))
    def test_holds_the_share_and_mirrors(self, k, n, level):
        k = min(k, n)
        low, high = wilson(k, n, level)
        assert 0 <= low <= k / n * (1 + 1e-12) <= high * (1 + 1e-9) <= 1 + 1e-8
        assert wilson(n - k, n, level) == pytest.approx((1 - high, 1 - low), rel=1e-9, abs=1e-12)

    def test_ends_are_exact_and_arrays_broadcast(self):
        assert wilson(0, 7)[0] == 0
        assert wilson(7, 7)[1] == 1
        low, high = wilson([0, 5, 10], 10)
        assert low.shape == high.shape == (3,)
        assert (np.diff(low) > 0).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Poisson(-1), "mean: expected a finite number from 0 to inf, found -1"),
        (lambda: Poisson(math.inf), "mean: .* found inf"),
        (lambda: Binomial(2.5, 0.1), "n: expected a whole number, found 2.5"),
        (lambda: Binomial(2, 1.1), "p: expected a finite number from 0 to 1, found 1.1"),
        (lambda: NegativeBinomial(1, math.nan), "beta: .* found nan"),
        (lambda: panjer(3, [0, 1]), "frequency: expected Poisson, Binomial or NegativeBinomial, found 3"),
        (lambda: panjer(Poisson(1), []), "severity: expected probabilities in a row"),
        (lambda: panjer(Poisson(1), [0.5, 0.4]), "severity: expected probabilities that sum to 1, found 0.9"),
        (lambda: panjer(Poisson(1), [1.5, -0.5]), "severity: .* at least 0, found -0.5"),
        (lambda: panjer(Poisson(1), ["a"]), "severity: expected probabilities, found"),
        (lambda: panjer(Poisson(1), [0, 1], unit=0), "unit: .* found 0"),
        (lambda: panjer(Poisson(1e9), [0, 1]), r"unit: expected one so coarse .* found 1e\+09"),
        (lambda: panjer(NegativeBinomial(1e-9, 1e9), [0, 1]), "unit: expected one so coarse .* found 4e"),
        (lambda: panjer(Poisson(1), [0, 1]).quantile(1), "level: expected a number below 1, found 1"),
        (lambda: panjer(Poisson(1), [0, 1]).tail(math.nan), "amount: .* found nan"),
        (lambda: beta_binomial(-1, 0.5, 0), "n: .* found -1"),
        (lambda: beta_binomial(5, 0.5, 1.2), "rho: expected a finite number from 0 to 1, found 1.2"),
        (lambda: wilson(5, 4), "k: expected a whole number of at least 0 and at most n, found 5"),
        (lambda: wilson(-1, 4), "k: .* found -1"),
        (lambda: wilson(0, 0), "n: expected a whole number of at least 1, found 0"),
        (lambda: wilson(1, 4, 95), "level: expected a number between 0 and 1, found 95"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
