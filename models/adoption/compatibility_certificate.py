"""Whether a firm gains by another output, and whether expectations come true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.answers import worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.adoption.compatibility import Market

_GRID = np.linspace(0, 1, 4001)


def certify(
    market: Market,
    networks: tuple[tuple[int, ...], ...],
    output: NDArray[np.float64],
    expected: NDArray[np.float64],
) -> float:
    """Return the largest gain, in units of A^2, or error of an expectation, of A.

    Parameters
    ----------
    market : Market
        Parameters.
    networks : tuple of tuple of int
        Which firms are compatible.
    output, expected : array, shape (n,)
        What firms sell, and the networks that consumers expect.
    """
    error, gain = 0.0, 0.0
    for members in networks:
        users = sum(market.installed_base[i] + output[i] for i in members)  # type: ignore[index]
        for firm in members:
            error = worst(error, abs(users - expected[firm]))
            known = min(expected[firm], market.saturation)
            worth = market.size + market.network_benefit * known
            others = sum(output[k] for k in range(market.firms) if k != firm)
            earned = output[firm] * (worth - others - output[firm])
            span, middle = max(worth, 1e-300), max(0.0, worth - others) / 2
            near = middle + span * np.linspace(-1e-4, 1e-4, 2001)
            tried = np.concatenate([span * _GRID, np.maximum(near, 0.0)])
            gain = worst(gain, float((tried * (worth - others - tried)).max() - earned))
    return worst(gain / market.size**2, error / market.size)
