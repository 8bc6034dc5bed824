"""What an expert who wants something else can credibly say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.answers import Answer, verdict, worst
from unigauge.results import axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["CheapTalk", "crawford_sobel", "delegation_limit"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CheapTalk(Answer):
    """The most informative equilibrium, or one with fewer messages.

    Attributes
    ----------
    messages : int
        N.
    cuts : array, shape (N + 1,)
        Ends of the intervals that messages stand for.
    actions : array, shape (N,)
        What the receiver does on each message: the middle of its interval.
    receiver_loss : float
        1/(12 N^2) + b^2 (N^2 - 1)/3.
    sender_loss : float
        The same plus b^2.
    delegation_loss : float
        b^2, what the receiver loses if the sender decides.
    status : str
        ``ok``, or ``babbling`` if nothing is said that matters.
    certificate : float
        Largest gain of a sender of any type on a grid of 2001 from another message.
    bias : float
        b.
    """

    messages: int
    cuts: Array
    actions: Array
    receiver_loss: float
    sender_loss: float
    delegation_loss: float
    status: str
    certificate: float
    bias: float

    @property
    def delegation_is_better(self) -> bool:
        """Whether the receiver had better let the sender decide."""
        return self.delegation_loss < self.receiver_loss

    def plot_data(self) -> pd.DataFrame:
        """Return what talk and delegation lose over the bias."""
        import pandas as pd

        grid = np.geomspace(0.002, 0.6, 400)
        talk = [_loss(b, _most_messages(b)) for b in grid.tolist()]
        return pd.DataFrame({"bias": grid, "talk": talk, "delegation": grid**2})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what talk and delegation lose over the bias, in logs."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        ax.loglog(data["bias"], data["talk"], "C0", label="talk")
        ax.loglog(data["bias"], data["delegation"], "C1--", label="delegation")
        ax.axhline(1 / 12, color="0.4", lw=1, ls=":", label="no information")
        ax.plot(self.bias, self.receiver_loss, "C0o")
        ax.set_xlabel("bias b")
        ax.set_ylabel("the receiver's loss")
        ax.set_title(self._heading())
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        return f"Cheap talk with bias {self.bias:g}"

    def _facts(self) -> dict[str, str]:
        intervals = ", ".join(f"{cut:.4g}" for cut in self.cuts)
        return {"status": self.status, "cuts": intervals}


def crawford_sobel(bias: float, *, messages: int | None = None) -> CheapTalk:
    """Return what is said if the sender's ideal is b above the receiver's.

    The state is uniform on [0, 1], losses are quadratic, talk costs nothing.  The state is
    cut at a_i = i/N + 2 b i (i - N), which makes the sender indifferent at each cut:
    a_{i+1} - 2 a_i + a_{i-1} = 4 b.

    Parameters
    ----------
    bias : float
        b > 0; for a sender who is biased downwards turn the state round.
    messages : int, optional
        N, by default the most that is possible: the smallest whole number not below
        -1/2 + sqrt(1 + 2/b)/2.

    Raises
    ------
    InputError
        If b is not above 0 or N messages are not possible.

    Notes
    -----
    Source: Crawford and Sobel (1982), the uniform-quadratic case.

    Examples
    --------
    >>> talk = crawford_sobel(0.05)
    >>> talk.messages, talk.cuts.round(4)
    (3, array([0.    , 0.1333, 0.4667, 1.    ]))
    """
    b = require_number(
        "bias", bias, above=0, because="without a bias everything can be told exactly"
    )
    most = _most_messages(b)
    n = most if messages is None else require_integer("messages", messages, at_least=1)
    if n > most:
        raise InputError(
            f"messages is {n}; with bias {b:g} at most {most} can be told apart. Lower the "
            "bias, or leave messages out."
        )
    i = np.arange(n + 1)
    cuts = i / n + 2 * b * i * (i - n)
    actions = (cuts[1:] + cuts[:-1]) / 2
    loss = _loss(b, n)
    certificate = _largest_gain(b, cuts, actions)
    status = verdict(certificate)
    if status == "ok" and n == 1:
        status = "babbling"
    return CheapTalk(
        messages=n,
        cuts=frozen(cuts),
        actions=frozen(actions),
        receiver_loss=loss,
        sender_loss=loss + b**2,
        delegation_loss=b**2,
        status=status,
        certificate=certificate,
        bias=b,
    )


def delegation_limit() -> float:
    """Return the bias up to which delegating beats talking, 1/sqrt(12) = .2887.

    For b >= 1/4 talk says nothing and loses 1/12; below, delegation is better throughout.

    Examples
    --------
    >>> round(delegation_limit(), 4)
    0.2887
    """
    return 1 / math.sqrt(12)


def _most_messages(bias: float) -> int:
    return max(1, math.ceil(-0.5 + math.sqrt(1 + 2 / bias) / 2 - 1e-12))


def _loss(bias: float, messages: int) -> float:
    return 1 / (12 * messages**2) + bias**2 * (messages**2 - 1) / 3


def _largest_gain(bias: float, cuts: Array, actions: Array) -> float:
    """Return what a sender gains most by another message than its interval's."""
    state = np.linspace(0, 1, 2001)
    own = np.clip(np.searchsorted(cuts, state, side="right") - 1, 0, len(actions) - 1)
    losses = (actions - state[:, None] - bias) ** 2
    return worst(
        0.0, float((losses[np.arange(state.size), own] - losses.min(axis=1)).max())
    )
