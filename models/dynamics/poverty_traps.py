"""Best replies of knowledge and standards to each other, and where they cross."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.dynamics.crossings import crossings
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Reply", "Traps", "traps"]

_NODES = 4001
_STEP = 1e-5
_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An S-shaped best reply, low + (high - low)/(1 + exp(-steepness (x - centre))).

    Parameters
    ----------
    steepness : float
        beta > 0; with a range of 1 the slope at the centre is a quarter of it.
    centre : float
        x0, where it rises fastest.
    low, high : float
        What it tends to; low < high.

    Examples
    --------
    >>> Reply(steepness=6)(0.5)
    np.float64(0.5)
    """

    steepness: float
    centre: float = 0.5
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        above = {"steepness": 0.0, "high": self.low}
        for field in fields(self):
            value = require_number(
                field.name,
                getattr(self, field.name),
                above=above.get(field.name, -np.inf),
                because="the reply rises, from low to high" if field.name in above else "",
            )
            object.__setattr__(self, field.name, value)

    def __call__(self, stock: Any) -> Any:
        """Return the reply to a stock, or to an array of them."""
        rise = (1 + np.tanh(self.steepness * (stock - self.centre) / 2)) / 2
        return self.low + (self.high - self.low) * rise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Traps(Result):
    """All steady states at which both stocks are what is wanted.

    Attributes
    ----------
    knowledge, standards : array, shape (states,)
        The steady states, by rising knowledge.
    slope : array, shape (states,)
        Product of the two replies' slopes.
    stable : array of bool, shape (states,)
        Whether slow adjustment leads back: the product is below 1.
    status : str
        ``trap`` if there are several stable states, so that it depends on the start where
        an economy ends; ``unique``; ``no_steady_state`` within the range; ``continuum`` if
        a stretch of it is one, of which the nodes are listed; ``uncertified`` if a reply
        jumps where they cross, so that they only pass each other.
    certificate : float
        Largest distance of a steady state from the replies to it.
    knowledge_reply, standards_reply : callable
        The best replies.
    low, high : float
        Range of knowledge that was searched.
    """

    knowledge: Floats
    standards: Floats
    slope: Floats
    stable: NDArray[np.bool_]
    status: str
    certificate: float
    knowledge_reply: Callable[[Any], Any]
    standards_reply: Callable[[Any], Any]
    low: float
    high: float

    @property
    def thresholds(self) -> Floats:
        """Knowledge at the unstable states, where a push decides."""
        return self.knowledge[~self.stable]

    def walk(
        self, knowledge: Any, standards: Any, *, part: float = 0.1, steps: int = 120
    ) -> Floats:
        """Return where slow adjustment leads, step by step, from one start or from many.

        In every step both stocks close a part of the gap to what is wanted, at once.

        Parameters
        ----------
        knowledge, standards : float or array
            Where it starts; arrays of one shape are as many starts.
        part : float, default 0.1
            Of the gap that is closed in a step, in (0, 1].
        steps : int, default 120
            How many.

        Returns
        -------
        array, shape (steps + 1, 2, ...)
            Knowledge and standards after each step; the dots are the shape of the starts.

        Raises
        ------
        InputError
            If ``part`` is not in (0, 1], or ``steps`` is no whole number of at least 1.

        Examples
        --------
        >>> found = traps(Reply(steepness=6), Reply(steepness=6))
        >>> found.walk([0.4, 0.6], [0.4, 0.6])[-1, 0].round(3)
        array([0.071, 0.929])
        """
        part = require_number("part", part, above=0, at_most=1)
        steps = require_integer("steps", steps, at_least=1)
        k, s = np.broadcast_arrays(
            np.asarray(knowledge, dtype=float), np.asarray(standards, dtype=float)
        )
        path = np.empty((steps + 1, 2, *k.shape))
        path[0] = k, s
        for step in range(steps):
            k, s = path[step]
            path[step + 1, 0] = k + part * (self.knowledge_reply(s) - k)
            path[step + 1, 1] = s + part * (self.standards_reply(k) - s)
        return path

    def record(self) -> dict[str, Any]:
        """Return the number of states and the outermost ones as one flat row."""
        row: dict[str, Any] = {"status": self.status, "states": len(self.knowledge)}
        if len(self.knowledge):
            row |= {
                "lowest": float(self.knowledge[0]),
                "highest": float(self.knowledge[-1]),
            }
        return row | {"certificate": self.certificate}

    def to_frame(self) -> pd.DataFrame:
        """Return one row a steady state."""
        import pandas as pd

        names = ("knowledge", "standards", "slope", "stable")
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def plot_data(self) -> pd.DataFrame:
        """Return both replies: which, knowledge and standards."""
        import pandas as pd

        grid = np.linspace(self.low, self.high, 201)
        answer = self.standards_reply(grid)
        across = np.linspace(answer.min(), answer.max(), 201)
        parts = [
            pd.DataFrame({"reply": "standards", "knowledge": grid, "standards": answer}),
            pd.DataFrame(
                {
                    "reply": "knowledge",
                    "knowledge": self.knowledge_reply(across),
                    "standards": across,
                }
            ),
        ]
        return pd.concat(parts, ignore_index=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the phase plane: replies, steady states, and from where the upper is reached."""
        ax = axes_or_new(ax, size=(5.6, 4.6))
        data = self.plot_data()
        self._shade_basin(ax, data)
        for name, style in (("knowledge", "C0-"), ("standards", "C1-")):
            line = data[data["reply"] == name]
            ax.plot(line["knowledge"], line["standards"], style, label=f"{name} wanted")
        for k, s, stable in zip(self.knowledge, self.standards, self.stable, strict=True):
            ax.plot(k, s, "o", ms=7, mfc="k" if stable else "w", mec="k")
        ax.set_xlabel("knowledge")
        ax.set_ylabel("standards")
        ax.set_title(self._heading())
        ax.legend(frameon=False, loc="upper left")
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _shade_basin(self, ax: Axes, data: pd.DataFrame) -> None:
        """Shade from where slow adjustment leads to the highest state."""
        if self.status != "trap":
            return
        sides = [
            np.linspace(data[name].min(), data[name].max(), 81)
            for name in ("knowledge", "standards")
        ]
        start = np.meshgrid(*sides)
        ends = self.walk(*start)[-1, 0]  # far enough to be near the line through the states
        ax.contourf(*start, ends, levels=[self.thresholds[-1], np.inf], colors=["0.92"])

    def _heading(self) -> str:
        count = len(self.knowledge)
        return f"Best replies cross {count} time{'' if count == 1 else 's'}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status}

    def _notes(self) -> tuple[str, ...]:
        if self.status != "trap":
            return ()
        where = ", ".join(f"{k:.4g}" for k in self.thresholds)
        return (f"A push beyond knowledge of {where}, standards following, leads up.",)


def traps(
    knowledge_reply: Callable[[Any], Any],
    standards_reply: Callable[[Any], Any],
    *,
    low: float = 0.0,
    high: float = 1.0,
) -> Traps:
    """Return all steady states k = f(s), s = g(k).

    Parameters
    ----------
    knowledge_reply, standards_reply : callable
        f and g, rising; they take and return numbers or arrays, as :class:`Reply` does.
    low, high : float
        Range of knowledge that is searched.

    Returns
    -------
    Traps

    Raises
    ------
    InputError
        If a reply is no function of arrays, the range is empty, or a reply is not finite
        on it.

    Notes
    -----
    Sign changes of f(g(k)) - k on 4,001 nodes, polished by Brent's method; a crossing on a
    node counts once, two between the same nodes are missed.  Slopes are central differences.

    Examples
    --------
    >>> found = traps(Reply(steepness=6), Reply(steepness=6))
    >>> found.knowledge.round(5), found.stable
    (array([0.07072, 0.5    , 0.92928]), array([ True, False,  True]))
    """
    low = require_number("low", low)
    high = require_number("high", high, above=low, because="it ends the range from low")
    nodes = np.linspace(low, high, _NODES)
    answered = _answers("standards_reply", standards_reply, nodes)
    back = _answers("knowledge_reply", knowledge_reply, answered)

    def gap(knowledge: Any) -> Any:
        return knowledge_reply(standards_reply(knowledge)) - knowledge

    knowledge = np.array(crossings(gap, nodes))
    standards = np.asarray(standards_reply(knowledge), dtype=float)
    slope = _slope(knowledge_reply, standards) * _slope(standards_reply, knowledge)
    stable = slope < 1
    off = np.abs(knowledge_reply(standards) - knowledge).max(initial=0.0)
    at_rest = back == nodes
    if not len(knowledge):
        status = "no_steady_state"
    elif (at_rest[1:] & at_rest[:-1]).any():
        status = "continuum"
    elif off > _TOLERANCE * (high - low):
        status = "uncertified"
    else:
        status = "trap" if stable.sum() > 1 else "unique"
    return Traps(
        knowledge=frozen(knowledge),
        standards=frozen(standards),
        slope=frozen(slope),
        stable=stable,
        status=status,
        certificate=float(off),
        knowledge_reply=knowledge_reply,
        standards_reply=standards_reply,
        low=low,
        high=high,
    )


def _answers(name: str, reply: Callable[[Any], Any], stocks: Floats) -> Floats:
    """Return the reply to stocks, or raise InputError."""
    if not callable(reply):
        raise InputError(
            f"{name} is {reply!r}; it must be a function of the other stock, for instance "
            "Reply(steepness=6)."
        )
    try:
        answers = np.asarray(reply(stocks), dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name} cannot be applied to an array of stocks: {error}. Use numpy's "
            "functions, np.exp and not math.exp."
        ) from error
    if answers.shape != stocks.shape:
        raise InputError(
            f"{name} returns shape {answers.shape} for {len(stocks)} stocks; it must answer "
            "each of them, a constant c as c + 0 * stock."
        )
    if not np.isfinite(answers).all():
        raise InputError(
            f"{name} is not finite for some stock between {stocks.min():g} and "
            f"{stocks.max():g}; narrow the range with low and high."
        )
    return answers


def _slope(reply: Callable[[Any], Any], at: Floats) -> Floats:
    """Return the slope of a reply by central differences of fourth order."""
    near = reply(at + _STEP) - reply(at - _STEP)
    far = reply(at + 2 * _STEP) - reply(at - 2 * _STEP)
    return np.asarray((8 * near - far) / (12 * _STEP), dtype=float)
