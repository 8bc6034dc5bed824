"""A pipeline of stages: how much comes through, how fast, and where it is held up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number, require_numbers
from unigauge.models.answers import Answer, verdict, worst
from unigauge.models.arrays import require_array, require_row
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Pipeline", "pipeline"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Pipeline(Answer):
    """What comes through a pipeline.

    Attributes
    ----------
    success_probability : array, shape (n,)
        p, the chance to leave each stage for the next one.
    total_yield : float
        The chance to come through all stages.
    dwell : array, shape (n,)
        Mean time in each stage, whether it ends well or not, once it is entered.
    elasticity : array, shape (n,)
        By how many percent the yield rises if the stage's rate rises by one.
    bottleneck : int
        The stage of the largest elasticity, counted from 0; the first of several.
    mean_time_if_successful : float
        Expected time through all stages, for those that come through.
    status : str
        ``ok``, certified.
    certificate : float
        Largest distance of yield and mean time from those of the absorbing Markov chain,
        solved as a linear system; times as a share of the mean.
    rate, drop_out : tuple of float
        lambda and nu.
    shape : tuple of int
        Phases of each stage.
    """

    success_probability: Array
    total_yield: float
    dwell: Array
    elasticity: Array
    bottleneck: int
    mean_time_if_successful: float
    status: str
    certificate: float
    rate: tuple[float, ...]
    drop_out: tuple[float, ...]
    shape: tuple[int, ...]

    def success_by(self, time: ArrayLike) -> Array:
        """Return the probability to have come through by each time >= 0, an array.

        The first row of the matrix exponential of the phases' generator.
        """
        from scipy.linalg import expm

        times = require_array("time", time, "a number or an array")
        if (times < 0).any():
            raise InputError(f"time is {time!r}; it must be at least 0.")
        generator = _generator(self.rate, self.drop_out, self.shape)
        flat = [float(expm(generator * t)[0, -1]) for t in times.ravel()]
        return np.array(flat).reshape(times.shape)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a stage."""
        import pandas as pd

        columns = {
            "rate": self.rate,
            "drop_out": self.drop_out,
            "shape": self.shape,
            "success_probability": self.success_probability,
            "dwell": self.dwell,
            "elasticity": self.elasticity,
        }
        stage = pd.RangeIndex(len(self.rate), name="stage")
        return pd.DataFrame(columns, index=stage)

    def plot_data(self) -> pd.DataFrame:
        """Return the probability to have come through, by time."""
        import pandas as pd

        time = np.linspace(0, 4 * self.mean_time_if_successful, 101)
        return pd.DataFrame({"time": time, "come_through": self.success_by(time)})

    def _marks(self) -> dict[str, float]:
        mean = self.mean_time_if_successful
        return {f"mean {mean:.3g}": mean}

    def _heading(self) -> str:
        return f"Pipeline of {len(self.rate)} stages: yield {self.total_yield:.4g}"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "yield": f"{self.total_yield:.6g}",
            "bottleneck": f"stage {self.bottleneck}",
            "mean time if successful": f"{self.mean_time_if_successful:.6g}",
            "certificate": f"{self.certificate:.1e}",
        }


def pipeline(
    rate: Sequence[float] | Array,
    drop_out: Sequence[float] | Array,
    shape: Sequence[int] | None = None,
    *,
    tolerance: float = 1e-8,
) -> Pipeline:
    """Return what comes through a row of stages with drop-outs, and how fast.

    Stage k passes through ``shape[k]`` phases, each at rate ``rate[k] * shape[k]``, so that
    without drop-outs it takes ``1 / rate[k]`` on average; meanwhile it may be given up, at
    ``drop_out[k]``.

    Parameters
    ----------
    rate : sequence of float, length n
        lambda > 0, a unit of time.
    drop_out : sequence of float, length n
        nu >= 0.
    shape : sequence of int, optional
        Phases, at least 1: the more, the less random the time in the stage.  By default 1.
    tolerance : float, default 1e-8
        Largest certificate under which the answer is ``ok``.

    Returns
    -------
    Pipeline

    Raises
    ------
    InputError
        If lengths differ or a value lies outside its domain.

    Examples
    --------
    >>> answer = pipeline([0.5, 0.3, 0.2], [0.1, 0.15, 0.1], [1, 2, 3])
    >>> answer.bottleneck, round(answer.total_yield, 9)
    (2, 0.335860058)
    >>> answer.success_by([5, 10, 20]).round(9)
    array([0.04719299, 0.23320712, 0.33384677])
    """
    n = len(require_row("rate", rate, "one rate a stage"))
    rates = require_numbers("rate", rate, length=n, above=0)
    drops = require_numbers("drop_out", drop_out, length=n, at_least=0)
    shapes: Sequence[int] = (1,) * n
    if shape is not None:
        if len(require_row("shape", shape, "one whole number a stage")) != n:
            raise InputError(f"shape has {len(shape)} entries; rate has {n} stages.")
        shapes = tuple(shape)
    phases = tuple(
        require_integer(f"shape[{k}]", phase, at_least=1) for k, phase in enumerate(shapes)
    )
    tolerance = require_number("tolerance", tolerance, above=0)

    nu, m = np.array(drops), np.array(phases)
    speed = np.array(rates) * m
    passes = (speed / (speed + nu)) ** m
    # (1 - p)/nu without dividing by 0: the mean over phases, each entered if all before were.
    phase_pass = speed / (speed + nu)
    dwell = [
        float((p ** np.arange(k)).sum() / (s + d))
        for p, k, s, d in zip(phase_pass, m, speed, nu, strict=True)
    ]
    elasticity = m * nu / (speed + nu)
    total, mean = float(passes.prod()), float((m / (speed + nu)).sum())
    certificate = _certificate(_generator(rates, drops, phases), total, mean)
    return Pipeline(
        success_probability=frozen(passes),
        total_yield=total,
        dwell=frozen(dwell),
        elasticity=frozen(elasticity),
        bottleneck=int(elasticity.argmax()),
        mean_time_if_successful=mean,
        status=verdict(certificate, tolerance),
        certificate=certificate,
        rate=rates,
        drop_out=drops,
        shape=phases,
    )


def _generator(rate: Any, drop_out: Any, shape: Any) -> Array:
    """Return the generator of all phases and, last, of having come through."""
    speed = np.repeat(np.array(rate) * np.array(shape), shape)
    drop = np.repeat(np.array(drop_out, float), shape)
    generator = np.zeros((len(speed) + 1,) * 2)
    here = np.arange(len(speed))
    generator[here, here] = -(speed + drop)
    generator[here, here + 1] = speed
    return generator


def _certificate(generator: Array, total: float, mean: float) -> float:
    """Compare yield and mean time with the absorbing chain's linear systems."""
    inside, exits = generator[:-1, :-1], generator[:-1, -1]
    reach = np.linalg.solve(-inside, exits)
    weighted = np.linalg.solve(-inside, reach)  # E[time; success]
    return worst(abs(reach[0] / total - 1), abs(weighted[0] / reach[0] / mean - 1))
