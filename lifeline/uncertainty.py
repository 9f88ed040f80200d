"""Where the uncertainty of a result comes from, and what a change is made of: estimators for any function.

Written here and not taken from a library: both take a few lines, and tests compare them with cases whose
answer is known.
"""

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np

Array = np.ndarray


def variance_shares(
    function: Callable[[Array], Array], factors: int, seed: int, size: int = 4096
) -> tuple[Array, Array]:
    """First-order and total shares of the variance of function(u), by factor, for independent inputs.

    function takes an array of shape (n, factors) of numbers between 0 and 1 and returns n results. Both shares
    are Jansen's estimators (Jansen 1999; Saltelli and others 2010), from a scrambled Sobol sequence of `size`
    points. The first-order share is what knowing this factor alone would take from the variance; the total
    share is what would remain if all the others were known.
    """
    from scipy.stats.qmc import Sobol

    points = Sobol(2 * factors, rng=np.random.default_rng(seed)).random(size)
    first, second = points[:, :factors], points[:, factors:]
    at_first, at_second = function(first), function(second)
    variance = np.concatenate([at_first, at_second]).var()
    one, total = np.empty(factors), np.empty(factors)
    for factor in range(factors):
        mixed = first.copy()
        mixed[:, factor] = second[:, factor]
        at_mixed = function(mixed)
        one[factor] = 1 - np.mean((at_second - at_mixed) ** 2) / (2 * variance)
        total[factor] = np.mean((at_first - at_mixed) ** 2) / (2 * variance)
    return one, total


def shapley(worth: Callable[[frozenset[int]], Array], players: int) -> list[Array]:
    """What each of `players` adds to worth(all) - worth(none), averaged over every order (Shapley 1953).

    Exact: every subset is looked at. The parts add up to the whole.
    """
    subsets = [frozenset(some) for size in range(players + 1) for some in combinations(range(players), size)]
    values = {some: worth(some) for some in subsets}
    weight = [factorial(size) * factorial(players - size - 1) / factorial(players) for size in range(players)]
    return [
        sum(
            (
                weight[len(some)] * (values[some | {player}] - values[some])
                for some in subsets
                if player not in some
            ),
            start=np.zeros_like(values[frozenset()]),
        )
        for player in range(players)
    ]
