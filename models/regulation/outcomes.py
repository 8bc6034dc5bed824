"""What the models of this folder do alike: accept outcomes and list them.

A regime proposes policies, the most natural first; :func:`first_certified` takes the
first that an independent certificate accepts.  :func:`comparison` lists the outcomes of
several regimes, and :func:`changed` says in what a set of parameters differs from the
default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from unigauge.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Policy = TypeVar("Policy")


class Recorded(Protocol):
    """An outcome that turns into one flat row."""

    def record(self) -> dict[str, Any]:
        """Return the row."""
        ...


class Certified(NamedTuple, Generic[Policy]):
    """A policy that passed, or None; its certificate, or the least seen; tries made."""

    policy: Policy | None
    certificate: float
    tried: int


def first_certified(
    candidates: Iterable[Policy],
    certify: Callable[[Policy], float],
    tolerance: float,
) -> Certified[Policy]:
    """Return the first candidate whose certificate is within the tolerance.

    Parameters
    ----------
    candidates : iterable
        Policies, the most natural first; worked out only as far as needed.
    certify : callable
        Returns the largest gain that a policy leaves to anybody.
    tolerance : float
        Largest gain allowed.

    Returns
    -------
    Certified
        With no policy if no candidate passes.
    """
    least, tried = np.inf, 0
    for tried, policy in enumerate(candidates, start=1):
        certificate = certify(policy)
        if certificate <= tolerance:
            return Certified(policy, certificate, tried)
        least = min(least, certificate)
    return Certified(None, least, tried)


def comparison(
    solve: Callable[[str], Recorded], regimes: Iterable[str] | None, known: tuple[str, ...]
) -> pd.DataFrame:
    """Return one row for each regime, indexed by regime.

    Parameters
    ----------
    solve : callable
        Returns the outcome of a regime; its record has the key ``regime``.
    regimes : iterable of str, optional
        By default all that are ``known``.
    known : tuple of str
        Every regime of the model, in order.

    Raises
    ------
    InputError
        If ``regimes`` is a string, or empty.
    """
    import pandas as pd

    if isinstance(regimes, str):
        raise InputError(f"regimes is {regimes!r}; write a list, [{regimes!r}].")
    chosen = known if regimes is None else tuple(regimes)
    if not chosen:
        raise InputError("regimes is empty; name at least one, or leave it out for all.")
    return pd.DataFrame([solve(regime).record() for regime in chosen]).set_index("regime")


def changed(parameters: Any) -> str:
    """Return in what a dataclass of parameters differs from its default.

    Examples
    --------
    >>> from unigauge.models.regulation.delocation import World
    >>> changed(World(trade_cost=0.5))
    'trade_cost=0.5'
    """
    default = type(parameters)()
    return (
        ", ".join(
            f"{field.name}={getattr(parameters, field.name)}"
            for field in fields(parameters)
            if getattr(parameters, field.name) != getattr(default, field.name)
        )
        or "the default"
    )
