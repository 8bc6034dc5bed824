"""Evidence: panel estimators that ask which way influence runs.

Every estimator takes a data frame indexed by (entity, time), or a :class:`Panel`, and
returns a result with ``summary``, ``to_frame()``, ``plot()`` and ``record()``.  Results
that have coefficients give them by the name of the term in ``params``, ``std_errors`` and
``pvalues``, and the rows used in ``nobs``; tests give ``p_value``.  Names load when they
are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = [
    "AdoptionGameFit",
    "Bidirectional",
    "Cointegration",
    "Comparison",
    "ControlFunctionFit",
    "CrossSectionDependence",
    "DumitrescuHurlin",
    "DynamicFit",
    "Fit",
    "GrangerTest",
    "HalfPanelJackknife",
    "HoltzEakin",
    "InstrumentFit",
    "InvertedU",
    "JuodisKaraviasSarafidis",
    "LocalProjection",
    "MeanGroupFit",
    "Panel",
    "PanelVARFit",
    "PermutationTest",
    "RegressionTable",
    "RestrictedTwoWayFit",
    "SystemFit",
    "TwoWayFit",
    "UnitRoot",
    "WaldTest",
    "WildBootstrap",
    "adoption_game_fit",
    "bidirectional",
    "cce",
    "cointegration",
    "compare",
    "control_function_poisson",
    "cross_section_dependence",
    "dumitrescu_hurlin",
    "dynamic_gmm",
    "equilibrium_adoption",
    "half_panel_jackknife",
    "holtz_eakin",
    "inverted_u",
    "iv",
    "juodis_karavias_sarafidis",
    "local_projection",
    "mean_group",
    "ols",
    "panel_var",
    "permutation_test",
    "poisson",
    "presample_poisson",
    "regression_table",
    "three_stage",
    "two_way_fit",
    "two_way_restricted",
    "unit_root",
    "wild_cluster_bootstrap",
]

if TYPE_CHECKING:
    from unigauge.estimation.both_directions import Bidirectional, bidirectional
    from unigauge.estimation.cointegration_tests import (
        Cointegration,
        cointegration,
    )
    from unigauge.estimation.comparison import Comparison, compare
    from unigauge.estimation.counts import poisson
    from unigauge.estimation.dependence import (
        CrossSectionDependence,
        cross_section_dependence,
    )
    from unigauge.estimation.fits import Fit, WaldTest
    from unigauge.estimation.gmm import DynamicFit, dynamic_gmm
    from unigauge.estimation.granger import (
        DumitrescuHurlin,
        GrangerTest,
        HoltzEakin,
        JuodisKaraviasSarafidis,
        dumitrescu_hurlin,
        holtz_eakin,
        juodis_karavias_sarafidis,
    )
    from unigauge.estimation.instruments import InstrumentFit, iv
    from unigauge.estimation.jackknife import HalfPanelJackknife, half_panel_jackknife
    from unigauge.estimation.mean_groups import MeanGroupFit, cce, mean_group
    from unigauge.estimation.panel import Panel
    from unigauge.estimation.predetermined_counts import (
        ControlFunctionFit,
        control_function_poisson,
        presample_poisson,
    )
    from unigauge.estimation.projections import LocalProjection, local_projection
    from unigauge.estimation.randomisation import PermutationTest, permutation_test
    from unigauge.estimation.regression_tables import RegressionTable, regression_table
    from unigauge.estimation.static import ols
    from unigauge.estimation.structural import (
        AdoptionGameFit,
        RestrictedTwoWayFit,
        TwoWayFit,
        adoption_game_fit,
        equilibrium_adoption,
        two_way_fit,
        two_way_restricted,
    )
    from unigauge.estimation.systems import SystemFit, three_stage
    from unigauge.estimation.turning_points import InvertedU, inverted_u
    from unigauge.estimation.unit_roots import UnitRoot, unit_root
    from unigauge.estimation.vector_autoregression import PanelVARFit, panel_var
    from unigauge.estimation.wild import WildBootstrap, wild_cluster_bootstrap
else:
    _HOME = {
        "AdoptionGameFit": "structural",
        "Bidirectional": "both_directions",
        "Cointegration": "cointegration_tests",
        "Comparison": "comparison",
        "ControlFunctionFit": "predetermined_counts",
        "CrossSectionDependence": "dependence",
        "DumitrescuHurlin": "granger",
        "DynamicFit": "gmm",
        "Fit": "fits",
        "GrangerTest": "granger",
        "HalfPanelJackknife": "jackknife",
        "HoltzEakin": "granger",
        "InstrumentFit": "instruments",
        "InvertedU": "turning_points",
        "JuodisKaraviasSarafidis": "granger",
        "LocalProjection": "projections",
        "MeanGroupFit": "mean_groups",
        "Panel": "panel",
        "PanelVARFit": "vector_autoregression",
        "PermutationTest": "randomisation",
        "RegressionTable": "regression_tables",
        "SystemFit": "systems",
        "RestrictedTwoWayFit": "structural",
        "TwoWayFit": "structural",
        "UnitRoot": "unit_roots",
        "WaldTest": "fits",
        "WildBootstrap": "wild",
        "adoption_game_fit": "structural",
        "bidirectional": "both_directions",
        "cce": "mean_groups",
        "cointegration": "cointegration_tests",
        "compare": "comparison",
        "control_function_poisson": "predetermined_counts",
        "cross_section_dependence": "dependence",
        "dumitrescu_hurlin": "granger",
        "dynamic_gmm": "gmm",
        "equilibrium_adoption": "structural",
        "half_panel_jackknife": "jackknife",
        "holtz_eakin": "granger",
        "inverted_u": "turning_points",
        "iv": "instruments",
        "juodis_karavias_sarafidis": "granger",
        "local_projection": "projections",
        "mean_group": "mean_groups",
        "ols": "static",
        "panel_var": "vector_autoregression",
        "permutation_test": "randomisation",
        "poisson": "counts",
        "presample_poisson": "predetermined_counts",
        "regression_table": "regression_tables",
        "three_stage": "systems",
        "two_way_fit": "structural",
        "two_way_restricted": "structural",
        "unit_root": "unit_roots",
        "wild_cluster_bootstrap": "wild",
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
