"""Ten thousand players, and rare conventions: time, and what the peers get wrong.

The stationary distribution of 200 players at one mistake in 100 spans 150 orders of
magnitude; the note of each row is the largest relative error against fractions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
from side_by_side import Row, race, require_module, write

from unigauge.models import network_effects, quantal, selection

STAG_HUNT = [[4, 0], [3, 2]]


def thousands() -> list[Row]:
    """Race equilibria of 10,000 players against a plain count over all numbers."""
    costs = np.random.default_rng(0).normal(5000, 1500, 10_000)

    def ours() -> object:
        game = network_effects.AdoptionGame.linear(10_000, 1.0, costs)
        return network_effects.equilibria(game), network_effects.tipping(game)

    def plain() -> object:
        return [
            m for m in range(10_001) if (costs < m).sum() == m == (costs <= m - 1).sum()
        ]

    contenders = {
        "unigauge, equilibria and tipping": ours,
        "numpy, each number counted": plain,
    }
    return race("adoption, 10,000 players of unlike cost", contenders, repeats=5)


def rare_conventions(n: int = 200, mistakes: float = 0.01) -> list[Row]:
    """Race stationary distributions, with their errors."""
    chain = selection.mistakes_chain(STAG_HUNT, n, mistakes)
    P = np.diag(chain.up[:-1], 1) + np.diag(chain.down[1:], -1)
    P += np.diag(1 - chain.up - chain.down)

    def eigenvector() -> np.ndarray:
        values, vectors = np.linalg.eig(P.T)
        weights = np.real(vectors[:, np.argmax(np.real(values))])
        return np.asarray(weights / weights.sum())

    def quantecon() -> np.ndarray:
        require_module("quantecon")
        from quantecon.markov import gth_solve

        return np.asarray(gth_solve(P))

    contenders: dict[str, Callable[[], np.ndarray]] = {
        "unigauge, birth and death": lambda: (
            selection.best_reply_with_mistakes(STAG_HUNT, n, mistakes).probabilities
        ),
        "unigauge, elimination (any chain)": lambda: selection.stationary(P).probabilities,
        "quantecon, gth_solve": quantecon,
        "numpy, eig": eigenvector,
    }
    exact = _exact(n, Fraction(str(mistakes)))
    rows = race(f"long run, {n} players, mistakes {mistakes:g}", contenders, repeats=5)
    return [
        replace(
            row, note=f"relative error {_error(contenders[row.contender](), exact):.1e}"
        )
        if row.repeats
        else row
        for row in rows
    ]


def _exact(n: int, mistakes: Fraction) -> list[float]:
    """Return logarithms of the exact probabilities."""
    weights = [Fraction(1)]
    for k in range(n):
        gain = k - 2 * (n - 1 - k)
        best = Fraction(1) if gain > 0 else Fraction(0) if gain < 0 else Fraction(1, 2)
        zero = (1 - mistakes) * best + mistakes / 2
        weights.append(weights[-1] * (n - k) * zero / ((k + 1) * (1 - zero)))
    total = sum(weights)
    logs = [w / total for w in weights]
    return [math.log(w.numerator) - math.log(w.denominator) for w in logs]


def _error(found: np.ndarray, exact: list[float]) -> float:
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return float(np.abs(np.expm1(np.log(np.abs(found)) - exact)).max())


def logit() -> list[Row]:
    """Time all logit equilibria of 100 players; no peer computes them."""
    game = network_effects.AdoptionGame.linear(100, 0.1, 5.2)
    contenders = {
        "unigauge, curve and all at one precision": lambda: (
            quantal.correspondence(game),
            quantal.equilibria(game, 3.0),
        )
    }
    return race("symmetric logit equilibria, 100 players", contenders, repeats=5)


if __name__ == "__main__":
    rows = thousands() + rare_conventions() + logit()
    write(rows, "adoption")
    for row in rows:
        if row.note:
            print(f"  {row.contender}: {row.note}")
