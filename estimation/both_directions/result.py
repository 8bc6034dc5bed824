"""Does innovation drive standards, do standards drive innovation, or both?

One verb runs every method in both directions on one sample, with the checks that such
panels need, and says in plain words what may and may not be concluded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from unigauge.errors import (
    DataError,
    require_choice,
    require_integer,
    require_number,
    require_seed,
)
from unigauge.estimation.both_directions.bootstraps import MORE
from unigauge.estimation.both_directions.findings import Case
from unigauge.estimation.both_directions.forest import axes_beside, draw, forest_lines
from unigauge.estimation.both_directions.methods import answers, chosen
from unigauge.estimation.both_directions.pretests import Pretests, pretests
from unigauge.estimation.both_directions.questions import MAIN, Answers, Question
from unigauge.estimation.both_directions.report_page import findings, page, summary
from unigauge.estimation.both_directions.report_words import reported
from unigauge.estimation.both_directions.responses import draw_responses, responses
from unigauge.estimation.both_directions.sample import CommonSample, common_sample
from unigauge.estimation.wording import counted
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from unigauge.estimation.panel import Panel

__all__ = ["Bidirectional", "bidirectional"]


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
    tests_before : Pretests
        Tests of each variable by itself; :meth:`pretests` shows them.
    """

    sample: CommonSample
    cases: tuple[Case, Case]
    tests_before: Pretests

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
        """Return one row a variable and test, of dependence and of unit roots.

        Pesaran's CD, in levels, growth and growth net of period means, with mean
        correlations and the exponent of dependence (``p_value`` is NaN net of period
        means, where CD has no standard normal law); and Pesaran's CIPS with p-values and
        5 % critical values simulated for these units and periods, or a note why not.
        """
        return self.tests_before.to_frame()

    def responses(self) -> pd.DataFrame:
        """Return the course of the responses, by the panel VAR and by local projections.

        Columns: ``direction method order horizon estimate conf_low conf_high jackknife``.
        In standard deviations of the outcome, after a shock that moves the cause by one
        of its own, both net of unit and period effects; ``order`` says whether the
        outcome may answer in the same period (``"cause first"``) or not (``"cause
        last"``).  The intervals are pointwise: of the panel VAR by a bootstrap of whole
        units, of local projections clustered, and too short there; ``jackknife`` is the
        local projection corrected for the bias of fixed effects.
        """
        import pandas as pd

        return pd.concat([case.responses for case in self.cases], ignore_index=True)

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
        return page(self.cases, self.tests_before)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the forest plot and, on a figure of its own, the two responses beside it.

        Forest: one line a method, standardised so that lines compare.  Solid lines are
        95 % intervals; dashed ones are asymptotic, and too narrow.  Methods in grey
        decide nothing.  The band holds effects too small to be worth finding.  Tests
        without a coefficient show their p-value only.  Given axes hold the forest alone.

        Returns
        -------
        Axes
            Those of the forest.
        """
        data = self.plot_data()
        forest, right = ax, []
        if ax is None and len(self.responses()):
            forest, *right = axes_beside(len(data))
        for axes, case in zip(right, self.cases, strict=False):
            self.plot_response(case.question.direction, axes)
        return draw(data, self.verdicts, self.cases[0].smallest_effect, forest)

    def plot_response(self, direction: str, ax: Axes | None = None) -> Axes:
        """Draw how the outcome of one direction answers a shock to the cause.

        The panel VAR with its 95 % band, with the cause put last and first, and local
        projections with the half-panel jackknife.
        """
        require_choice("direction", direction, tuple(self.verdicts))
        return draw_responses(
            self.responses(), direction, self.sample.period, axes_or_new(ax)
        )

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
    unit_roots: bool = True,
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
      balanced block, which their notes describe;
    * ``dynamic_gmm``: difference GMM, where there are at least 50 units, and three for
      each period: with fewer its instruments are too many.

    Three more are shown beside these and find nothing by themselves, for they reject true
    nulls too often (see Notes):

    * ``common_correlated_effects``: each unit's regression beside averages over units,
      against shocks that units feel unevenly.  An association must be left standing by
      it, as by the checks; it runs on the balanced block, without controls;
    * ``panel_var``: both equations at once, by moments where units are many as above,
      else by least squares less its bias (half-panel jackknife);
    * ``local_projection``: the response one period on; further ones are in
      :meth:`Bidirectional.responses`.

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
    unit_roots : bool, default True
        Test each variable for a unit root beforehand, with simulated critical values.
    seed : int, default 0
        Of all bootstraps and simulations.

    Returns
    -------
    Bidirectional
        ``to_frame()``, ``robustness()``, ``pretests()``, ``findings()``, ``verdicts``,
        ``responses()``, ``report()``, ``plot()``, ``plot_response()``.

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
    methods = chosen(methods)
    draws = require_integer("draws", draws, at_least=99, because="fewer cannot show 5 %")
    seed = require_seed(seed)
    smallest_effect = require_number("smallest_effect", smallest_effect, above=0)
    sample = common_sample(
        frame, innovation, standards, controls=controls, counts=counts, lags=lags
    )

    cases = (
        _case(sample, "standards", "innovation", methods, smallest_effect, draws, seed),
        _case(sample, "innovation", "standards", methods, smallest_effect, draws, seed),
    )
    _require_any(cases)
    return Bidirectional(
        sample=sample,
        cases=cases,
        tests_before=pretests(sample, unit_roots=unit_roots, seed=seed),
    )


def _case(
    sample: CommonSample,
    cause: str,
    outcome: str,
    methods: tuple[str, ...],
    smallest_effect: float,
    draws: int,
    seed: int,
) -> Case:
    """Ask one direction."""
    question = Question(sample=sample, cause=cause, outcome=outcome, draws=draws, seed=seed)
    return Case(
        question=question,
        answers=answers(question, methods),
        methods=methods,
        smallest_effect=smallest_effect,
        responses=responses(question, methods),
    )


def _require_any(cases: tuple[Case, Case]) -> None:
    """Raise DataError if no method could be run in either direction."""
    if any(case.ran or case.beside for case in cases):
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
