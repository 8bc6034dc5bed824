"""Does innovation drive standards, do standards drive innovation, or both?

One verb runs every method in both directions on one sample, with the checks that such
panels need, and says in plain words what may and may not be concluded.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from unigauge.errors import (
    DataError,
    DroppedRowsWarning,
    InputError,
    require_choice,
    require_integer,
    require_number,
    require_seed,
)
from unigauge.estimation.both_directions.findings import Case
from unigauge.estimation.both_directions.forest import draw, forest_lines
from unigauge.estimation.both_directions.methods import METHODS, MORE, answers
from unigauge.estimation.both_directions.questions import MAIN, Answers, Question
from unigauge.estimation.both_directions.report_page import findings, page, summary
from unigauge.estimation.both_directions.report_words import reported
from unigauge.estimation.both_directions.sample import ROLES, CommonSample, common_sample
from unigauge.estimation.dependence import (
    CrossSectionDependence,
    cross_section_dependence,
)
from unigauge.estimation.wording import counted
from unigauge.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from unigauge.estimation.panel import Panel

__all__ = ["Bidirectional", "bidirectional"]

_PRETESTS: tuple[tuple[str, bool, Literal["none", "time"]], ...] = (
    ("levels", False, "none"),
    ("growth", True, "none"),
    ("growth, period means out", True, "time"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Bidirectional(Result):
    """Both directions between two variables; :func:`bidirectional` makes it.

    Attributes
    ----------
    sample : CommonSample
        The rows that every method starts from, and what was lost on the way.
    cases : (Case, Case)
        ``"standards -> innovation"`` and ``"innovation -> standards"``: questions,
        estimates, and the numbers that the verdict rests on.
    dependence : tuple of CrossSectionDependence or None
        Tests of the two variables in levels, growth, and growth net of period means;
        None where no two units could be compared.
    """

    sample: CommonSample
    cases: tuple[Case, Case]
    dependence: tuple[CrossSectionDependence | None, ...]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each direction; :mod:`unigauge.estimation.both_directions.findings` has the rule."""
        first, second = self.cases
        return {
            first.question.direction: first.verdict(second),
            second.question.direction: second.verdict(first),
        }

    @property
    def nobs(self) -> int:
        """Rows with all lags in the common sample."""
        return self.sample.usable

    def to_frame(self) -> pd.DataFrame:
        """Return one row a direction and method.

        Columns: ``direction method estimate std_error p_value p_value_bootstrap nobs
        note``.  The estimate is the coefficient of the cause one period before, summed
        over the lags where there are several; NaN where the method has none.
        ``p_value_bootstrap`` is the one that decides, for the Granger tests the larger of
        two; the note then names both.
        """
        return self._estimates(
            [
                (case, {(method, MAIN): reported(case, method) for method in case.methods})
                for case in self.cases
            ]
        ).drop(columns=["check"])

    def robustness(self) -> pd.DataFrame:
        """Return one row a direction, method and check, with the columns of ``to_frame``.

        Checks of fixed effects: ``own_lag own_lag_jackknife long_run
        minimum_detectable_effect driscoll_kraay without_year_effects unit_trends
        first_differences lead_placebo half_panel_jackknife leave_one_out_lowest
        leave_one_out_highest leave_one_out_weakest``, and ``all_lags`` with several;
        of the Granger tests ``blocks_of_three raw first_differences``.
        """
        frame = self._estimates([(case, case.answers) for case in self.cases])
        return frame[frame["check"] != MAIN].reset_index(drop=True)

    def pretests(self) -> pd.DataFrame:
        """Return one row a variable and transformation: Pesaran's CD and correlations.

        ``p_value`` is NaN net of period means, where CD has no standard normal law.
        """
        import pandas as pd

        rows = []
        for role, (name, _, _), test in self._named_pretests():
            known = {"variable": self.sample.columns[role], "series": name}
            rows.append({**known, **test.record()})
        return pd.DataFrame(rows)

    def findings(self) -> pd.DataFrame:
        """Return what the rules say: ``direction topic name sentence``, as in the report."""
        import pandas as pd

        first, second = self.cases
        said = [*findings(first, second), *findings(second, first)]
        return pd.DataFrame([asdict(finding) for finding in said])

    def report(self) -> str:
        """Return a page in plain words, in lines of at most 79 characters.

        It says what the data say in each direction, which methods agree, what survives,
        what cannot be concluded, and what would change one's mind.
        """
        return page(self.cases, self.dependence)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a forest plot: one line a method, standardised so that lines compare.

        Solid lines are 95 % intervals; dashed ones are asymptotic, and too narrow.  The
        band holds effects too small to be worth finding.  Tests without a coefficient
        show their p-value only.
        """
        return draw(self.plot_data(), self.verdicts, self.cases[0].smallest_effect, ax)

    def plot_data(self) -> pd.DataFrame:
        """Return the lines of the forest plot.

        Columns: ``direction method effect conf_low conf_high interval p_value found
        text``.
        Effects are standardised: in standard deviations of the outcome (of its logarithm,
        for Poisson) for one of the cause, both net of unit and period effects.
        """
        return forest_lines(self.cases)

    def record(self) -> dict[str, Any]:
        """Return verdicts, estimates and trusted p-values as one flat row."""
        row: dict[str, Any] = {}
        for case in self.cases:
            prefix = f"{case.question.cause}_to_{case.question.outcome}"
            row[f"{prefix}_verdict"] = self.verdicts[case.question.direction]
            for method in case.methods:
                row[f"{prefix}_{method}"] = case.get(method).estimate
                row[f"{prefix}_{method}_p"] = case.trusted(method)
        return row | {"nobs": self.nobs}

    def _estimates(self, answers: list[tuple[Case, Answers]]) -> pd.DataFrame:
        import pandas as pd

        columns = ["estimate", "std_error", "p_value", "p_value_bootstrap", "nobs", "note"]
        return pd.DataFrame(
            [
                {
                    "direction": case.question.direction,
                    "method": method,
                    "check": check,
                    **{column: getattr(estimate, column) for column in columns},
                }
                for case, estimates in answers
                for (method, check), estimate in estimates.items()
            ],
            columns=["direction", "method", "check", *columns],
        )

    def _named_pretests(self) -> list[tuple[str, Any, CrossSectionDependence]]:
        named = [(role, pretest) for role in ROLES for pretest in _PRETESTS]
        return [
            (*name, test)
            for name, test in zip(named, self.dependence, strict=True)
            if test is not None
        ]

    def _heading(self) -> str:
        columns = self.sample.columns
        return f"Both directions between {columns['innovation']} and {columns['standards']}"

    def _facts(self) -> Mapping[str, str]:
        sample = self.sample
        question = self.cases[0].question
        return {
            "innovation": sample.columns["innovation"],
            "standards": sample.columns["standards"],
            "sample": f"{counted(sample.n_units, sample.unit)}, {sample.window}, "
            f"{sample.usable} rows with {counted(sample.lags, 'lag')}",
            "bootstrap": f"{question.draws:,} draws, near 5 % up to "
            f"{MORE[-1] * question.draws:,}, seed {question.seed}",
            **self.verdicts,
        }

    def _notes(self) -> Sequence[str]:
        return [summary(self.cases), "report() says what may and may not be concluded."]


def bidirectional(
    frame: pd.DataFrame | Panel,
    innovation: str,
    standards: str,
    *,
    controls: Sequence[str] = (),
    lags: int = 1,
    methods: Sequence[str] | None = None,
    counts: Mapping[str, str] | None = None,
    smallest_effect: float = 0.2,
    draws: int = 1999,
    seed: int = 0,
) -> Bidirectional:
    """Ask in both directions whether the past of one variable moves with the other.

    Everything runs on one sample, the rows in which every variable is known.  Each
    method regresses the outcome on its own past and that of the cause:

    * ``fixed_effects``: unit and period effects; standard errors clustered by unit, with
      a wild cluster bootstrap; many checks beside it, see
      :meth:`Bidirectional.robustness`;
    * ``poisson``: the same for the raw counts, where the outcome is one;
    * ``juodis_karavias_sarafidis`` and ``dumitrescu_hurlin``: tests of Granger
      non-causality on deviations from period means, with bootstrap p-values.  They take
      no controls, and need a balanced panel: of an unbalanced one they use the largest
      balanced block, which their notes describe.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time).  Lags follow the calendar; a gap breaks them.
    innovation, standards : str
        Columns, such as logarithms of one plus the counts.
    controls : sequence of str
        Columns that enter the regressions at the first lag.
    lags : int, default 1
        Lags of both variables, K.
    methods : sequence of str, optional
        Some of the above; all by default.
    counts : mapping, optional
        Columns of raw counts behind the variables, ``{"innovation": "patent_families",
        "standards": "iso_standards"}`` or one of them, for Poisson.  The other variables
        enter as they are.  By default a variable that is itself a count (whole, never
        negative, sometimes above one) is its own; as a regressor of Poisson it then
        enters as log(1 + count).  ``{}`` is none.
    smallest_effect : float, default 0.2
        The smallest effect worth finding, in standard deviations of the outcome for one
        of the cause, both net of unit and period effects.  Where nothing is found it
        separates "no robust association" from "cannot be told".  A convention; choose
        what matters in your field.
    draws : int, default 1999
        Draws of the Granger bootstraps; the wild bootstrap takes five times as many.
        Where a p-value lies within three simulation errors of 5 % (10 % for some checks),
        it is drawn again with up to 50 times as many, so that the verdict hangs less on
        the seed; notes state the draws used.
    seed : int, default 0
        Of all bootstraps.

    Returns
    -------
    Bidirectional
        ``to_frame()``, ``robustness()``, ``pretests()``, ``findings()``, ``verdicts``,
        ``report()``, ``plot()``.

    Raises
    ------
    InputError
        If a name or an option cannot be used.
    DataError
        If a unit has a single row, too few rows have their lags, or no method can be run.
    IdentificationError
        If a variable does not vary within units beyond what all share.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out of the common sample.

    Notes
    -----
    The rule behind the verdicts is in :mod:`unigauge.estimation.both_directions.findings`.  A method that
    cannot be run keeps its row, without numbers; its note says why.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product(
    ...     [range(20), range(2000, 2025)], names=["field", "year"])
    >>> data = pd.DataFrame({"standards": rng.normal(size=500)}, index=index)
    >>> data["patents"] = rng.normal(size=500) + 0.4 * data["standards"].shift(1)
    >>> data = data.drop(index=2000, level=1)
    >>> both = bidirectional(data, "patents", "standards", draws=199)
    >>> for direction, verdict in both.verdicts.items():
    ...     print(direction, "|", verdict)
    standards -> innovation | robust association
    innovation -> standards | no robust association
    """
    methods = _methods(methods)
    draws = require_integer("draws", draws, at_least=99, because="fewer cannot show 5 %")
    seed = require_seed(seed)
    smallest_effect = require_number("smallest_effect", smallest_effect, above=0)
    sample = common_sample(
        frame, innovation, standards, controls=controls, counts=counts, lags=lags
    )

    def case(cause: str, outcome: str) -> Case:
        question = Question(
            sample=sample, cause=cause, outcome=outcome, draws=draws, seed=seed
        )
        return Case(
            question=question,
            answers=answers(question, methods),
            methods=methods,
            smallest_effect=smallest_effect,
        )

    cases = (case("standards", "innovation"), case("innovation", "standards"))
    _require_any(cases)
    return Bidirectional(sample=sample, cases=cases, dependence=_dependence(sample))


def _methods(methods: Sequence[str] | None) -> tuple[str, ...]:
    """Return the methods asked for, in the order of the report."""
    if methods is None:
        return tuple(METHODS)
    asked = (methods,) if isinstance(methods, str) else tuple(methods)
    for method in asked:
        require_choice("method", method, METHODS)
    if not asked or len(set(asked)) != len(asked):
        raise InputError(
            f"methods are {list(asked)}; name at least one, and each once, of "
            f"{', '.join(METHODS)}."
        )
    return tuple(method for method in METHODS if method in asked)


def _require_any(cases: tuple[Case, Case]) -> None:
    """Raise DataError if no method could be run in either direction."""
    if any(case.ran for case in cases):
        return
    reasons = "; ".join(
        f"{method}: {cases[0].get(method).note.removeprefix('not run: ').rstrip('.')}"
        for method in cases[0].methods
    )
    sample = cases[0].sample
    raise DataError(
        f"no method can be run on {counted(sample.n_units, sample.unit)}, {sample.window} "
        f"({sample.usable} rows with {counted(sample.lags, 'lag')}). {reasons}. Use a longer "
        "panel, fewer lags or controls, or other methods."
    )


def _dependence(sample: CommonSample) -> tuple[CrossSectionDependence | None, ...]:
    """Test both variables for dependence between units; None where none can be compared."""

    def test(
        role: str, difference: bool, demean: Literal["none", "time"]
    ) -> CrossSectionDependence | None:
        try:
            return cross_section_dependence(
                sample.panel, sample.columns[role], difference=difference, demean=demean
            )
        except DataError:
            return None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return tuple(
            test(role, difference, demean)
            for role in ROLES
            for _, difference, demean in _PRETESTS
        )
