"""Simulated panels in which innovation and standards drive each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.errors import (
    InputError,
    require_choice,
    require_integer,
    require_number,
    require_numbers,
    require_seed,
)
from unigauge.two_way_map.algebra import loop, multiplier, radius, structure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["simulate_two_way"]

_LARGEST_LOG_MEAN = 8.0
"""Bound of the log mean of counts, so that a rare draw does not explode."""

_START_WEIGHS = 0.01
"""Weight of the start in the first period, at most."""

_UNITS = {"logs": "logarithm", "counts": "documents"}
_COLUMNS = {"logs": ("knowledge", "standards"), "counts": ("patents", "standards")}


def simulate_two_way(
    *,
    seed: int,
    units: int = 50,
    periods: int = 20,
    persistence: Sequence[float] = (0.6, 0.7),
    standards_to_knowledge: float = 0.1,
    knowledge_to_standards: float = 0.15,
    timing: str = "lagged",
    observed: str = "logs",
    shock_scale: Sequence[float] = (0.3, 0.3),
    shock_correlation: float = 0.2,
    unit_scale: float = 1.0,
    time_scale: float = 0.2,
    factors: int = 0,
    factor_scale: float = 0.3,
    network: ArrayLike | str | None = None,
    network_effects: Sequence[float] = (0.0, 0.0),
    shifter_effect: float | None = None,
    absorption: float = 0.0,
    saturation: float = 0.0,
    typical_count: float | Sequence[float] = 20.0,
    burn: int | None = None,
) -> pd.DataFrame:
    r"""Return a panel in which knowledge and standards drive each other, and the truth.

    The equations are those of :mod:`unigauge.two_way_map.algebra`.  Draws are normal,
    but for counts.  The same seed gives the same panel; a longer panel, or one with more
    units, is another draw.

    Parameters
    ----------
    seed : int
        Of numpy's ``default_rng``.
    units, periods : int
        N, T.
    persistence : (float, float)
        Effects of (knowledge, standards) on themselves a period later, 1 - l; at least 0.
    standards_to_knowledge, knowledge_to_standards : float
        Cross effects l_k b_ks and l_s b_sk, a period later.
    timing : {"lagged", "contemporaneous"}
        With ``contemporaneous`` the cross effects act in the same period.
    observed : {"logs", "counts"}
        With ``counts``, patents and standards are Poisson counts P whose log mean is
        :math:`\mu + (l a_i + \tau_t)/2 + A \ln(1 + P_{t-1})`, at most 8.
    shock_scale : (float, float)
        Standard deviations of the shocks.
    shock_correlation : float
        Between the two shocks of a unit and period.
    unit_scale, time_scale : float
        Standard deviations of the targets a_i and of the effects of time.
    factors : int
        Number of common factors, white noise, that each unit loads on in its own way
        (standard normal loadings).
    factor_scale : float
        Their standard deviation.
    network : array_like, shape (N, N), or "ring", optional
        W: rows sum to one, diagonal 0.  On the ring a unit has two neighbours.
    network_effects : (float, float)
        Diagonal of D: effects of the neighbours' mean a period later.
    shifter_effect : float, optional
        Effect of two observed shifters, one a stock, standard normal.  By default 0.3
        with ``contemporaneous``, where they are what identifies the cross effects, else 0.
    absorption : float
        chi: knowledge also loses chi h_i k, with h_i uniform on (-1, 1) and observed.
    saturation : float
        q: the wanted knowledge also loses q s^2.
    typical_count : float or (float, float)
        With ``counts``, the level of both, or of (patents, standards), that sets mu: A and
        D would keep it without shocks.  Below exp(8).
    burn : int, optional
        Periods before the first that is returned, from a start at 0.  By default 50, or
        so many more that the start weighs less than a hundredth: the panel is stationary.

    Returns
    -------
    DataFrame
        Indexed by (unit, time), both from 1.  Columns ``knowledge`` and ``standards``, or
        ``patents`` and ``standards`` of counts; ``knowledge_shifter`` and
        ``standards_shifter``, ``absorptive_capacity``, where they matter.
        ``attrs["truth"]`` holds all parameters, and A, D, structure, loop, multiplier,
        radius.

    Raises
    ------
    InputError
        If an argument is outside its domain; if the process is not stable and ``burn`` is
        not given; or if it grows without bound.

    Examples
    --------
    >>> panel = simulate_two_way(seed=1, units=3, periods=2)
    >>> panel.shape
    (6, 2)
    >>> panel.attrs["truth"]["A"]
    [[0.6, 0.1], [0.15, 0.7]]
    """
    seed = require_seed(seed)
    units = require_integer("units", units, at_least=2)
    periods = require_integer("periods", periods, at_least=1)
    require_choice("timing", timing, ("lagged", "contemporaneous"))
    require_choice("observed", observed, tuple(_COLUMNS))
    if shifter_effect is None:
        shifter_effect = 0.3 if timing == "contemporaneous" else 0.0
    process = _Process(
        kept=_pair("persistence", persistence, at_least=0, below=1),
        cross=np.array(
            [
                require_number("standards_to_knowledge", standards_to_knowledge),
                require_number("knowledge_to_standards", knowledge_to_standards),
            ]
        ),
        same_period=timing == "contemporaneous",
        weights=_network(network, units),
        network_effects=_pair("network_effects", network_effects),
        absorption=require_number("absorption", absorption),
        saturation=require_number("saturation", saturation),
    )
    scales = _Scales(
        unit=require_number("unit_scale", unit_scale, at_least=0),
        time=require_number("time_scale", time_scale, at_least=0),
        factors=require_integer("factors", factors, at_least=0),
        factor=require_number("factor_scale", factor_scale, at_least=0),
        shock=_pair("shock_scale", shock_scale, at_least=0),
        correlation=require_number(
            "shock_correlation", shock_correlation, at_least=-1, at_most=1
        ),
        shifter=require_number("shifter_effect", shifter_effect),
    )
    _require_compatible(process, scales, observed)
    burn = _burn(burn, process.radius())
    generator = np.random.default_rng(seed)
    draws = _draw(generator, units, burn + periods, process, scales)
    typical = _typical(typical_count)
    if observed == "counts":
        path = _counts(process, draws, typical, generator)
    else:
        path = _logs(process, draws)
    columns = dict(zip(_COLUMNS[observed], np.moveaxis(path, -1, 0), strict=True))
    if scales.shifter:
        columns["knowledge_shifter"] = draws.shifters[..., 0]
        columns["standards_shifter"] = draws.shifters[..., 1]
    if process.absorption:
        columns["absorptive_capacity"] = np.broadcast_to(draws.capacity, path.shape[:2])
    truth = {
        **process.truth(),
        **scales.truth(),
        "timing": timing,
        "observed": observed,
        "typical_count": typical.tolist() if observed == "counts" else None,
        "burn": burn,
        "seed": seed,
    }
    return _frame({name: v[burn:] for name, v in columns.items()}, observed, truth)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Process:
    """The systematic part: how the next state follows from this one."""

    kept: Floats
    cross: Floats
    same_period: bool
    weights: Floats | None
    network_effects: Floats
    absorption: float
    saturation: float

    def next_state(self, state: Floats, drive: Floats, capacity: Floats) -> Floats:
        """Return the next (knowledge, standards) of all units, shape (N, 2)."""
        lagged, solved = self._matrices()
        wanted = drive + state @ lagged.T
        if self.weights is not None:
            wanted = wanted + (self.weights @ state) * self.network_effects
        wanted[:, 0] -= self.absorption * capacity * state[:, 0]
        wanted[:, 0] -= (1 - self.kept[0]) * self.saturation * state[:, 1] ** 2
        return np.asarray(wanted @ solved.T)

    def reduced(self) -> tuple[Floats, Floats]:
        """Return A and D of the process as it is simulated."""
        lagged, solved = self._matrices()
        return solved @ lagged, solved @ np.diag(self.network_effects)

    def radius(self) -> float:
        """Return the spectral radius, of the least stable unit if they differ."""
        own, neighbours = self.reduced()
        _, solved = self._matrices()
        catch_up = solved @ np.diag([self.absorption, 0.0])
        return max(
            radius(own + sign * catch_up, neighbours, self.weights) for sign in (-1, 0, 1)
        )

    def truth(self) -> dict[str, Any]:
        """Return the parameters and what follows from them, as plain numbers."""
        own, neighbours = self.reduced()
        found = structure(
            np.diag(self.kept) + _crossing(self.cross), np.diag(self.network_effects)
        )
        spectral = self.radius()
        settled = multiplier(found.response, found.imitation)
        return {
            "A": own.tolist(),
            "D": neighbours.tolist(),
            "adjustment": found.adjustment.tolist(),
            "response": found.response.tolist(),
            "imitation": found.imitation.tolist(),
            "loop": loop(found.response, found.imitation),
            "multiplier": settled if spectral < 1 else math.inf,
            "radius": spectral,
            "absorption": self.absorption,
            "saturation": self.saturation,
        }

    def _matrices(self) -> tuple[Floats, Floats]:
        """Return the effects of the last state, and the solution within the period."""
        crossing = _crossing(self.cross)
        if not self.same_period:
            return np.diag(self.kept) + crossing, np.eye(2)
        determinant = 1 - self.cross.prod()
        if abs(determinant) < 1e-9:
            raise InputError(
                "The product of the cross effects is 1: within the period each stock "
                "would raise the other without end. Lower one of them."
            )
        return np.diag(self.kept), (np.eye(2) + crossing) / determinant


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scales:
    """Standard deviations of what is drawn, and the effect of the shifters."""

    unit: float
    time: float
    factors: int
    factor: float
    shock: Floats
    correlation: float
    shifter: float

    def truth(self) -> dict[str, Any]:
        """Return them under the names of the function's parameters."""
        return {
            "unit_scale": self.unit,
            "time_scale": self.time,
            "factors": self.factors,
            "factor_scale": self.factor,
            "shock_scale": self.shock.tolist(),
            "shock_correlation": self.correlation,
            "shifter_effect": self.shifter,
        }


class _Draws(NamedTuple):
    """What is drawn before the process starts.

    ``common`` (unit, time, factors) and ``shocks`` (with the shifters' effect) have
    shape (periods, N, 2), as ``shifters``; ``capacity`` has shape (N,).
    """

    common: Floats
    shocks: Floats
    shifters: Floats
    capacity: Floats


def _draw(
    generator: np.random.Generator,
    units: int,
    length: int,
    process: _Process,
    scales: _Scales,
) -> _Draws:
    """Draw targets, time, shocks, shifters, capacity and factors, in this order."""
    targets = scales.unit * generator.standard_normal((units, 2))
    time = scales.time * generator.standard_normal((length, 2))
    shocks = generator.standard_normal((length, units, 2))
    shifters = generator.standard_normal((length, units, 2))
    capacity = generator.uniform(-1, 1, units)
    common = (1 - process.kept) * targets + time[:, None]
    if scales.factors:
        loadings = generator.standard_normal((units, scales.factors, 2))
        factors = scales.factor * generator.standard_normal((length, scales.factors))
        common = common + np.einsum("tf,nfj->tnj", factors, loadings)
    shocks[..., 1] *= math.sqrt(1 - scales.correlation**2)
    shocks[..., 1] += scales.correlation * shocks[..., 0]
    return _Draws(
        common=common,
        shocks=scales.shock * shocks + scales.shifter * shifters,
        shifters=shifters,
        capacity=capacity,
    )


def _logs(process: _Process, draws: _Draws) -> Floats:
    """Return the path of the logarithms, shape (periods, N, 2), from a start at 0."""
    path = np.empty_like(draws.shocks)
    state = np.zeros(path.shape[1:])
    with np.errstate(over="ignore", invalid="ignore"):
        for now, drive in enumerate(draws.common + draws.shocks):
            state = path[now] = process.next_state(state, drive, draws.capacity)
    if not np.isfinite(path).all():
        raise InputError(
            "The process grows without bound. Lower persistence, cross effects, absorption "
            "or saturation."
        )
    return path


def _counts(
    process: _Process, draws: _Draws, typical: Floats, generator: np.random.Generator
) -> Floats:
    """Return the path of the counts, drawn period by period from a start at 0."""
    own, neighbours = process.reduced()
    intercept = (np.eye(2) - own - neighbours) @ np.log1p(typical)
    path = np.empty_like(draws.shocks)
    state = np.zeros(path.shape[1:])
    for now, common in enumerate(draws.common):
        drive = intercept + common / 2
        log_mean = process.next_state(np.log1p(state), drive, draws.capacity)
        path[now] = generator.poisson(np.exp(np.minimum(log_mean, _LARGEST_LOG_MEAN)))
        state = path[now]
    return path


def _crossing(cross: Floats) -> Floats:
    return np.fliplr(np.diag(cross))


def _pair(
    name: str, values: object, *, at_least: float = -math.inf, below: float = math.inf
) -> Floats:
    return np.array(require_numbers(name, values, length=2, at_least=at_least, below=below))


def _typical(value: float | Sequence[float]) -> Floats:
    """Return the level of counts, or that of both, as a pair."""
    if isinstance(value, Sequence):
        require_numbers("typical_count", value, length=2, above=0)
        levels = [(f"typical_count[{k}]", level) for k, level in enumerate(value)]
    else:
        levels = [("typical_count", value)] * 2
    bound = math.exp(_LARGEST_LOG_MEAN)
    because = "log means are bounded by 8, and counts would all be at the bound"
    return np.array(
        [
            require_number(name, level, above=0, below=bound, because=because)
            for name, level in levels
        ]
    )


def _network(network: ArrayLike | str | None, units: int) -> Floats | None:
    """Return W, or None; raise InputError unless it is as it must be."""
    if network is None:
        return None
    if isinstance(network, str):
        require_choice("network", network, ("ring",))
        if units < 3:
            raise InputError(f"units is {units}; a ring has at least 3.")
        return (np.roll(np.eye(units), 1, axis=1) + np.roll(np.eye(units), -1, axis=1)) / 2
    try:
        weights = np.asarray(network, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"network is {network!r}; it must be 'ring' or a matrix of numbers, rows of one "
            "length."
        ) from None
    if weights.shape != (units, units):
        raise InputError(
            f"network has shape {weights.shape}; it must be ({units}, {units})."
        )
    if not (
        np.isfinite(weights).all()
        and np.allclose(weights.sum(axis=1), 1)
        and not np.diag(weights).any()
    ):
        raise InputError(
            "network must have finite rows that sum to 1 and a diagonal of 0: the "
            "neighbours' stock is a weighted mean."
        )
    return weights


def _require_compatible(process: _Process, scales: _Scales, observed: str) -> None:
    """Raise InputError for settings that do not go together."""
    beyond = process.same_period or process.absorption or process.saturation
    if observed == "counts" and (beyond or scales.shifter):
        raise InputError(
            "observed is 'counts'; counts are simulated with timing='lagged' and without "
            "absorption, saturation and shifter_effect."
        )
    if process.weights is None and process.network_effects.any():
        raise InputError(
            f"network_effects is {process.network_effects.tolist()} without a network; pass "
            "network, for instance 'ring'."
        )


def _burn(burn: int | None, spectral: float) -> int:
    """Return how many periods to let pass before the first that is kept."""
    if burn is not None:
        return require_integer("burn", burn, at_least=0)
    if spectral >= 1:
        raise InputError(
            f"The process is not stable: its spectral radius is {spectral:.4g}, so that "
            "there is no stationary start. Lower persistence or cross effects, or give "
            "burn, the number of periods since a start at 0."
        )
    forgotten = (
        math.ceil(math.log(_START_WEIGHS) / math.log(spectral)) if spectral > 0 else 0
    )
    return max(50, forgotten)


def _frame(columns: dict[str, Any], observed: str, truth: dict[str, Any]) -> pd.DataFrame:
    """Return (period, unit) arrays as a panel that carries the truth."""
    import pandas as pd

    periods, units = next(iter(columns.values())).shape
    index = pd.MultiIndex.from_product(
        [range(1, units + 1), range(1, periods + 1)], names=["unit", "time"]
    )
    frame = pd.DataFrame({name: v.T.ravel() for name, v in columns.items()}, index=index)
    if observed == "counts":
        frame = frame.astype("int64")
    frame.attrs = {
        "name": "simulated_two_way",
        "title": "Simulated: innovation and standards that drive each other",
        "publisher": "unigauge",
        "units": {
            name: _UNITS[observed] if name in _COLUMNS[observed] else "standardised"
            for name in columns
        },
        "truth": truth,
    }
    return frame
