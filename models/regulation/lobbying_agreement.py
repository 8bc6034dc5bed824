"""What an agreement does under lobbying: its direction, its worth, and where they turn."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.outcomes import changed
from unigauge.models.regulation.lobbying_outcome import Outcome, solve
from unigauge.models.regulation.lobbying_settlement import REGIMES
from unigauge.models.regulation.lobbying_thresholds import thresholds
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

    from unigauge.models.regulation.lobbying_economy import Economy

SAME = 1e-8
"""Standards, and welfare, that differ by less than this share count as equal."""

_TURNS = {
    "welfare_reversal": "the agreement's welfare effect turns negative",
    "direction_reversal": "the agreement turns from loosening to tightening",
    "first_best": "standards are first-best without an agreement",
    "loss_start": "the agreement begins to lower welfare",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Agreement(Result):
    """A cooperative agreement against governments that choose alone.

    Attributes
    ----------
    direction : tuple of str
        For each country ``loosen``, ``tighten`` or ``equal``; ``undetermined`` if an
        outcome has no numbers.
    overall : str
        The direction that all countries share, leaving out those that stay, or
        ``mixed``.
    welfare_effect : float
        World welfare with the agreement less that without; lobbies' weight left out.
    verdict : str
        ``raises``, ``lowers``, ``neutral`` or ``undetermined``.
    thresholds : mapping
        As :func:`thresholds` returns them.
    noncooperative, cooperative, welfare_optimum : Outcome
        The outcomes compared.
    """

    direction: tuple[str, ...]
    overall: str
    welfare_effect: float
    verdict: str
    thresholds: Mapping[str, float]
    noncooperative: Outcome
    cooperative: Outcome
    welfare_optimum: Outcome

    @property
    def status(self) -> str:
        """``ok``, or the status of the first of the three outcomes that is not."""
        states = [getattr(self, regime).status for regime in REGIMES]
        return next((status for status in states if status != "ok"), "ok")

    @property
    def certificate(self) -> float:
        """The largest of the three outcomes' certificates; NaN if one has no numbers."""
        return float(np.max([getattr(self, regime).certificate for regime in REGIMES]))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a country: its standard in each regime, and the direction."""
        frame = self.cooperative.to_frame()[[]]
        for regime in REGIMES:
            frame[regime] = getattr(self, regime).dirtiness
        frame["direction"] = self.direction
        return frame

    def record(self) -> dict[str, Any]:
        """Return the agreement as one flat row."""
        rows = {
            f"dirtiness_{regime}_{country}": value
            for regime in REGIMES
            for country, value in enumerate(getattr(self, regime).dirtiness.tolist(), 1)
        }
        welfare = {
            f"world_welfare_{regime}": getattr(self, regime).world_welfare
            for regime in REGIMES
        }
        return {
            "standard": self.cooperative.standard,
            "overall": self.overall,
            "verdict": self.verdict,
            "welfare_effect": self.welfare_effect,
            **self.thresholds,
            **rows,
            **welfare,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return one row a country and regime: the dirtiness allowed."""
        return (
            self.to_frame()[list(REGIMES)]
            .reset_index()
            .melt("country", var_name="regime", value_name="dirtiness")
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each country's standard in the three regimes."""
        ax = axes_or_new(ax, size=(6.0, 3.4))
        places = np.arange(len(self.direction))
        for shift, regime in zip((-0.27, 0.0, 0.27), REGIMES, strict=True):
            heights = getattr(self, regime).dirtiness
            ax.bar(places + shift, heights, 0.25, label=regime.replace("_", " "))
        ax.set_xticks(places, [f"country {k + 1}" for k in places])
        ax.set_ylabel("dirtiness allowed")
        ax.set_title(f"{self.cooperative.standard.capitalize()} standards")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
        return ax

    def _heading(self) -> str:
        standard = self.cooperative.standard
        if self.verdict == "undetermined":
            missing = ", ".join(
                f"the {regime.replace('_', ' ')} outcome is {outcome.status}"
                for regime in REGIMES
                if not (outcome := getattr(self, regime)).has_numbers
            )
            return f"The {standard} agreement cannot be judged: {missing}."
        moves = {
            "loosen": "loosens standards",
            "tighten": "tightens standards",
            "equal": "leaves standards as they are",
            "mixed": "loosens some standards and tightens others",
        }[self.overall]
        size = f" by {abs(self.welfare_effect):.6g}"
        welfare = {
            "raises": f"raises world welfare{size}",
            "lowers": f"lowers world welfare{size}",
            "neutral": "leaves world welfare as it is",
        }[self.verdict]
        return f"The {standard} agreement {moves} and {welfare}."

    def _facts(self) -> dict[str, str]:
        states = {r: getattr(self, r).status for r in REGIMES}
        certified = [getattr(self, regime).certificate for regime in REGIMES]
        return {
            "status": ", ".join(f"{name}: {status}" for name, status in states.items()),
            "certificates": ", ".join(f"{gain:.1e}" for gain in certified),
            "economy": changed(self.cooperative.economy),
        }

    def _notes(self) -> tuple[str, ...]:
        lobbying = self.cooperative.economy.lobbying
        near = {
            name: value for name, value in self.thresholds.items() if np.isfinite(value)
        }
        notes = [
            f"{name} is infinite: no lobbying is so strong that {_TURNS[name]}."
            for name, value in self.thresholds.items()
            if np.isinf(value)
        ]
        if near:
            name = min(near, key=lambda name: abs(near[name] - lobbying))
            gap = near[name] - lobbying
            where = f"{abs(gap):.6g} {'above' if gap > 0 else 'below'} the present"
            where = "just the present" if abs(gap) < SAME else where
            notes.append(
                f"The nearest threshold, {name}, is at lobbying {near[name]:.6g}, "
                f"{where} {lobbying:g}: there {_TURNS[name]}."
            )
        return tuple(notes)


def agreement(economy: Economy, standard: str) -> Agreement:
    """Compare cooperation with governments that choose alone.

    Parameters
    ----------
    economy : Economy
        Parameters.
    standard : {"product", "process"}
        As in :func:`solve`.

    Returns
    -------
    Agreement
        It prints as a sentence with the numbers below.

    Raises
    ------
    InputError
        If the standard is unknown.
    ConvergenceError
        As in :func:`solve`.

    Notes
    -----
    Propositions 1-4 of Maggi and Ossa (2023) say when it loosens and when it pays.

    Examples
    --------
    >>> from unigauge.models.regulation.lobbying import Economy
    >>> print(agreement(Economy(lobbying=0.2), "process"))  # doctest: +ELLIPSIS
    The process agreement loosens standards and raises world welfare by 0.0036607.
    ==============================================================================
    status        noncooperative: ok, cooperative: ok, welfare_optimum: ok
    certificates  ...
    economy       lobbying=0.2
    <BLANKLINE>
    country  noncooperative  cooperative  welfare_optimum  direction
    1               0.70416      0.82819          0.78078  loosen
    <BLANKLINE>
    The nearest threshold, loss_start, is at lobbying 0.249766, 0.0497659 above
    the present 0.2: there the agreement begins to lower welfare.
    """
    alone, together, best = (solve(economy, standard, regime) for regime in REGIMES)
    effect = together.world_welfare - alone.world_welfare
    known = alone.has_numbers and together.has_numbers
    direction = ("undetermined",) * economy.size
    if known:
        change = together.dirtiness - alone.dirtiness
        still = np.abs(change) <= SAME * np.maximum(together.dirtiness, alone.dirtiness)
        names = np.where(still, "equal", np.where(change > 0, "loosen", "tighten"))
        direction = tuple(names.tolist())
    moving = set(direction) - {"equal"}
    overall = "mixed" if len(moving) > 1 else next(iter(moving), "equal")
    gross = abs(alone.consumer_surplus) + abs(alone.producer_surplus)
    size = float(gross @ economy.arrays["mass"])
    verdict = "raises" if effect > 0 else "lowers"
    if overall == "equal" or abs(effect) <= 1e-13 * size:
        verdict = "neutral"
    return Agreement(
        direction=direction,
        overall=overall,
        welfare_effect=effect,
        verdict=verdict if known else "undetermined",
        thresholds=MappingProxyType(thresholds(economy, standard)),
        noncooperative=alone,
        cooperative=together,
        welfare_optimum=best,
    )
