"""When to standardise, and what a project must be worth before one commits to it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer
from unigauge.models.dynamics.geometric_brownian import waiting_exponent
from unigauge.models.regulation.certificates import largest_gain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Option", "Timing", "option", "timing"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Timing(Answer):
    """When to set a standard.

    Attributes
    ----------
    date : float
        T*.
    value : float
        Present value of standardising then.
    status : str
        ``wait`` or ``now``; ``uncertified``.
    certificate : float
        Largest gain from any other date, as a share of B + I.
    coordination_gain, information_gain, learning_rate, discount_rate : float
        B, I, eta and r.
    """

    date: float
    value: float
    status: str
    certificate: float
    coordination_gain: float
    information_gain: float
    learning_rate: float
    discount_rate: float

    def plot_data(self) -> pd.DataFrame:
        """Return the present value by date."""
        import pandas as pd

        date = np.linspace(0, max(3 * self.date, 2 / self.learning_rate), 301)
        return pd.DataFrame({"date": date, "present_value": self._worth(date)})

    def _worth(self, date: Array) -> Array:
        learnt = self.information_gain * -np.expm1(-self.learning_rate * date)
        return np.exp(-self.discount_rate * date) * (self.coordination_gain + learnt)

    def _marks(self) -> dict[str, float]:
        return {f"T* = {self.date:.4g}": self.date}

    def _heading(self) -> str:
        return f"Standardise {'now' if self.date == 0 else f'at {self.date:.4g}'}"


def timing(
    coordination_gain: float,
    information_gain: float,
    *,
    learning_rate: float,
    discount_rate: float,
    tolerance: float = 1e-9,
) -> Timing:
    """Return when to set a standard, if waiting teaches which one is good.

    At date T it is worth ``B + I (1 - exp(-eta T))``, discounted.

    Parameters
    ----------
    coordination_gain : float
        B > 0, what a standard brings at once.
    information_gain : float
        I >= 0, what it brings more if all is known.
    learning_rate : float
        eta > 0.
    discount_rate : float
        r > 0.
    tolerance : float, default 1e-9
        Largest certificate under which the answer stands.

    Returns
    -------
    Timing

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Notes
    -----
    T* = max(0, ln(I (eta + r)/(r (B + I)))/eta).

    Examples
    --------
    >>> answer = timing(1, 0.5, learning_rate=0.3, discount_rate=0.05)
    >>> answer.status, round(answer.date, 9), round(answer.value, 9)
    ('wait', 2.824326201, 1.116387603)
    """
    gain = require_number("coordination_gain", coordination_gain, above=0)
    more = require_number("information_gain", information_gain, at_least=0)
    eta = require_number("learning_rate", learning_rate, above=0)
    r = require_number("discount_rate", discount_rate, above=0)
    tolerance = require_number("tolerance", tolerance, above=0)
    ratio = more * (eta + r) / (r * (gain + more))
    date = math.log(ratio) / eta if ratio > 1 else 0.0
    draft = Timing(
        date=date,
        value=0.0,
        status="",
        certificate=0.0,
        coordination_gain=gain,
        information_gain=more,
        learning_rate=eta,
        discount_rate=r,
    )
    latest = 2 * date + 10 / min(eta, r)
    found = largest_gain(lambda t: draft._worth(t[:, 0]), [date], [0.0], [latest])
    certificate = found / (gain + more)
    status = "wait" if date > 0 else "now"
    return replace(
        draft,
        value=float(draft._worth(np.array([date]))[0]),
        certificate=certificate,
        status=status if certificate <= tolerance else "uncertified",
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Option(Answer):
    """How much a project must be worth before one commits to it.

    Attributes
    ----------
    threshold : float
        V*: commit when the project's value first reaches it.
    multiple : float
        V*/I.
    exponent : float
        b, above 1.
    status : str
        ``now`` if the project is worth V* or more, else ``wait``; ``uncertified``.
    certificate : float
        Largest gain from any other threshold, as a share of the investment.
    investment, discount_rate, waiting_cost, volatility, project_value : float
        I, r, delta, sigma, and what the project is worth today.
    """

    threshold: float
    multiple: float
    exponent: float
    status: str
    certificate: float
    investment: float
    discount_rate: float
    waiting_cost: float
    volatility: float
    project_value: float

    def plot_data(self) -> pd.DataFrame:
        """Return the value of the option, and of committing at once."""
        import pandas as pd

        value = np.linspace(0, 1.5 * self.threshold, 301)[1:]
        held = (self.threshold - self.investment) * (
            value / self.threshold
        ) ** self.exponent
        now = value - self.investment
        columns = {"option": np.where(value < self.threshold, held, now), "commit_now": now}
        return pd.DataFrame({"value_of_the_project": value, **columns})

    def _marks(self) -> dict[str, float]:
        return {f"V* = {self.threshold:.4g}": self.threshold}

    def _heading(self) -> str:
        return f"Commit when the project is worth {self.multiple:.4g} times its cost"


def option(
    investment: float = 1.0,
    *,
    discount_rate: float,
    waiting_cost: float,
    volatility: float,
    project_value: float | None = None,
    tolerance: float = 1e-9,
) -> Option:
    """Return how much a project must be worth before it pays to commit to a standard.

    The project's value is a geometric Brownian motion with drift r - delta: waiting loses
    the network benefit delta, and keeps the choice.

    Parameters
    ----------
    investment : float, default 1
        I > 0.
    discount_rate : float
        r > 0.
    waiting_cost : float
        delta > 0, a share of the value a year.
    volatility : float
        sigma > 0 a year.
    project_value : float, optional
        What it is worth today, positive; by default just its cost.
    tolerance : float, default 1e-9
        Largest certificate under which the answer stands.

    Returns
    -------
    Option

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Notes
    -----
    V* = b/(b - 1) I with b the positive root of the quadratic: Dixit and Pindyck (1994),
    ch. 5.

    Examples
    --------
    >>> round(option(discount_rate=0.04, waiting_cost=0.04, volatility=0.2).multiple, 9)
    2.0
    """
    cost = require_number("investment", investment, above=0)
    r = require_number("discount_rate", discount_rate, above=0)
    delta = require_number(
        "waiting_cost",
        waiting_cost,
        above=0,
        because="if waiting loses nothing one waits for ever",
    )
    sigma = require_number("volatility", volatility, above=0)
    today = cost if project_value is None else project_value
    today = require_number("project_value", today, above=0)
    tolerance = require_number("tolerance", tolerance, above=0)
    b = waiting_exponent(r - delta, sigma, r)
    if b <= 1 + 1e-12:
        raise InputError(
            f"waiting_cost is {delta:g}, too near 0 to tell the threshold from infinity; "
            "raise it."
        )
    threshold = b / (b - 1) * cost

    def worth(log_excess: Array) -> Array:
        """Return what it is worth to wait for I e^x, seen from V*, a share of I."""
        tried = np.exp(log_excess[:, 0]) * cost
        return (tried / cost - 1) * np.exp(b * np.log(threshold / tried))

    excess = math.log(threshold / cost)
    certificate = largest_gain(worth, [excess], [0.0], [3 * excess])
    status = "now" if today >= threshold else "wait"
    return Option(
        threshold=threshold,
        multiple=threshold / cost,
        exponent=b,
        status=status if certificate <= tolerance * threshold / cost else "uncertified",
        certificate=certificate,
        investment=cost,
        discount_rate=r,
        waiting_cost=delta,
        volatility=sigma,
        project_value=today,
    )
