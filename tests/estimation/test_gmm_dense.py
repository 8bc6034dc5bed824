"""dynamic_gmm against explicit matrices, entity by entity.

The program below builds every entity's equations, its transformation and its weight as
dense matrices, with loops, and shares nothing with the estimator.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from unigauge.errors import DroppedRowsWarning, UnigaugeWarning
from unigauge.estimation import dynamic_gmm

TIMES = 7


def panel_with_gaps(seed: int, units: int = 45) -> pd.DataFrame:
    """Draw a dynamic panel and take rows out at both ends and in between."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=units)
    x = rng.normal(size=(units, TIMES)) + 0.5 * effect[:, None]
    y = np.zeros((units, TIMES))
    y[:, 0] = effect + rng.normal(size=units)
    for t in range(1, TIMES):
        y[:, t] = 0.5 * y[:, t - 1] + x[:, t] + effect + rng.normal(size=units)
    index = pd.MultiIndex.from_product(
        [range(units), range(2000, 2000 + TIMES)], names=["firm", "year"]
    )
    data = pd.DataFrame(
        {"y": y.ravel(), "x": x.ravel(), "z": (x + rng.normal(size=x.shape)).ravel()},
        index=index,
    )
    return data[rng.random(len(data)) > 0.12]


@dataclass
class Unit:
    """One entity: instruments, regressors and response, all dense."""

    z: np.ndarray
    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    to_differences: np.ndarray
    errors_to_equations: np.ndarray
    x_levels: np.ndarray
    y_levels: np.ndarray


def difference_matrix(usable: np.ndarray) -> np.ndarray:
    matrix = np.zeros((TIMES, TIMES))
    for t in range(1, TIMES):
        if usable[t] and usable[t - 1]:
            matrix[t, t], matrix[t, t - 1] = 1.0, -1.0
    return matrix


def deviation_matrix(usable: np.ndarray) -> np.ndarray:
    matrix = np.zeros((TIMES, TIMES))
    for t in range(TIMES - 1):
        later = [s for s in range(t + 1, TIMES) if usable[s]]
        if usable[t] and later:
            m = len(later)
            scale = np.sqrt(m / (m + 1))
            matrix[t + 1, t] = scale
            for s in later:
                matrix[t + 1, s] = -scale / m
    return matrix


def units_of(
    data: pd.DataFrame,
    *,
    system: bool,
    orthogonal: bool,
    h: int,
    collapse: bool,
    time_effects: bool,
    predetermined: bool,
) -> list[Unit]:
    """Build y ~ lag(y, 1) + x, lags of y (and of x, else x itself) as instruments."""
    n = data.index.levels[0].size
    y, x = np.full((2, n, TIMES), np.nan)
    for (firm, year), row in data.iterrows():
        y[firm, year - 2000], x[firm, year - 2000] = row["y"], row["x"]
    lagged = np.full_like(y, np.nan)
    lagged[:, 1:] = y[:, :-1]
    usable = ~np.isnan(y) & ~np.isnan(x) & ~np.isnan(lagged)
    seen = [t for t in range(TIMES) if usable[:, t].any()]
    built = []
    for i in range(n):
        here = usable[i]
        columns = [np.where(here, lagged[i], 0), np.where(here, x[i], 0)]
        if system:
            columns.append(here.astype(float))
        for t in seen[1:] if time_effects else []:
            dummy = np.zeros(TIMES)
            dummy[t] = float(here[t])
            columns.append(dummy)
        x_levels = np.column_stack(columns)
        y_levels = np.where(here, y[i], 0)
        move = deviation_matrix(here) if orthogonal else difference_matrix(here)
        is_row = np.abs(move).sum(axis=1) > 0

        stacks: list[np.ndarray] = []
        groups: dict[object, np.ndarray] = {}
        chosen = [("y", y, 2)] + ([("x", x, 1)] if predetermined else [])
        for name, values, first in chosen:
            for t in range(TIMES):
                for lag in range(first, t + 1):
                    value = values[i, t - lag]
                    column = np.zeros(2 * TIMES)
                    if is_row[t] and not np.isnan(value):
                        column[t] = value
                    key = (name, lag) if collapse else (name, t, lag)
                    groups[key] = groups.get(key, 0) + column
            for t in range(first, TIMES) if system else []:
                value = values[i, t - first + 1] - values[i, t - first]
                column = np.zeros(2 * TIMES)
                if here[t] and not np.isnan(value):
                    column[TIMES + t] = value
                key = (name, "levels") if collapse else (name, "levels", t)
                groups[key] = groups.get(key, 0) + column
        stacks += list(groups.values())
        if not predetermined:
            own = x_levels[:, 1]
            stacks.append(np.concatenate([move @ own, own if system else 0 * own]))
        for column in range(2, x_levels.shape[1]):
            dummy = x_levels[:, column]
            stacks.append(
                np.concatenate([0 * dummy, dummy])
                if system
                else np.concatenate([move @ dummy, 0 * dummy])
            )
        levels = np.diag(here.astype(float)) if system else np.zeros((TIMES, TIMES))
        m = np.vstack([move, levels])
        weight = m @ m.T
        if system and h == 2:
            weight[:TIMES, TIMES:] = 0
            weight[TIMES:, :TIMES] = 0
        built.append(
            Unit(
                z=np.column_stack(stacks),
                x=m @ x_levels,
                y=m @ y_levels,
                weight=weight,
                to_differences=difference_matrix(here),
                errors_to_equations=m,
                x_levels=x_levels,
                y_levels=y_levels,
            )
        )
    used = sum(np.abs(unit.z).sum(axis=0) for unit in built) > 0
    for unit in built:
        unit.z = unit.z[:, used]
    return built


def dense_gmm(units: list[Unit]) -> dict[str, Any]:
    """Estimate by the formulas, with explicit sums over entities."""
    zx = sum(u.z.T @ u.x for u in units)
    zy = sum(u.z.T @ u.y for u in units)
    a1 = np.linalg.inv(sum(u.z.T @ u.weight @ u.z for u in units))

    def estimate(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bread = np.linalg.inv(zx.T @ a @ zx)
        return bread @ zx.T @ a @ zy, bread

    def spread(b: np.ndarray) -> np.ndarray:
        scores = [u.z.T @ (u.y - u.x @ b) for u in units]
        return sum(np.outer(s, s) for s in scores)

    b1, m1 = estimate(a1)
    s1 = spread(b1)
    v1 = m1 @ zx.T @ a1 @ s1 @ a1 @ zx @ m1
    a2 = np.linalg.inv(s1)
    b2, m2 = estimate(a2)

    # Windmeijer's D by central differences of the two-step estimate in the first.
    step = 1e-5
    d = np.empty((len(b1), len(b1)))
    for k in range(len(b1)):
        ahead, behind = b1.copy(), b1.copy()
        ahead[k] += step
        behind[k] -= step
        d[:, k] = (
            estimate(np.linalg.inv(spread(ahead)))[0]
            - estimate(np.linalg.inv(spread(behind)))[0]
        ) / (2 * step)
    v2 = m2 + d @ m2 + m2 @ d.T + d @ v1 @ d.T
    return {
        "b1": b1, "v1": v1, "m1": m1, "a1": a1, "b2": b2, "v2": v2, "m2": m2, "a2": a2,
        "s1": s1, "zx": zx, "zy": zy,
        "hansen": (zy - zx @ b2) @ a2 @ (zy - zx @ b2),
        "first": (zy - zx @ b1) @ a1 @ (zy - zx @ b1),
    }  # fmt: skip


def dense_ar(
    units: list[Unit],
    order: int,
    b: np.ndarray,
    influence: np.ndarray,
    v: np.ndarray,
    variance: float | None = None,
) -> float:
    top = own = 0.0
    slopes: Any = 0.0
    shared: Any = 0.0
    for u in units:
        de = u.to_differences @ (u.y_levels - u.x_levels @ b)
        w = np.zeros(TIMES)
        for t in range(order, TIMES):
            if np.abs(u.to_differences[t]).sum() > 0:
                w[t] = de[t - order]
        top += w @ de
        slopes = slopes + w @ u.to_differences @ u.x_levels
        if variance is None:
            own += (w @ de) ** 2
            shared = shared + u.z.T @ (u.y - u.x @ b) * (de @ w)
        else:
            covariance = u.to_differences @ u.to_differences.T
            own += variance * w @ covariance @ w
            with_equations = u.errors_to_equations @ u.to_differences.T
            if np.abs(u.weight[:TIMES, TIMES:]).sum() == 0:
                with_equations[TIMES:] = 0
            shared = shared + variance * u.z.T @ with_equations @ w
    return float(top / np.sqrt(own - 2 * slopes @ influence @ shared + slopes @ v @ slopes))


CASES = [
    {"orthogonal": o, "system": s, "h": h, "collapse": c, "time_effects": t,
     "predetermined": p}
    for o, s, h, c, t, p in [
        (False, False, 3, False, True, False),
        (False, False, 3, True, False, True),
        (True, False, 3, False, True, False),
        (True, False, 3, True, True, True),
        (False, True, 3, False, True, False),
        (False, True, 2, True, True, True),
        (True, True, 3, True, True, False),
        (True, True, 2, False, False, False),
    ]
]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_agrees_with_dense_matrices_on_panels_with_gaps(
    case: dict[str, Any], seed: int
) -> None:
    data = panel_with_gaps(seed)
    units = units_of(data, **case)
    told = dense_gmm(units)
    shown = {key: case[key] for key in ("system", "h", "collapse", "time_effects")}
    predetermined = case["predetermined"]
    options: dict[str, Any] = {
        **shown,
        "gmm": {"y": (2, None)} | ({"x": (1, None)} if predetermined else {}),
        "iv": () if predetermined else ("x",),
        "transform": "orthogonal" if case["orthogonal"] else "difference",
    }
    n_rows = sum(
        int((np.abs(u.errors_to_equations[TIMES if case["system"] else 0 :]).sum(1) > 0)
        [:TIMES].sum())
        for u in units
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnigaugeWarning)  # firms without two usable rows
        robust = dynamic_gmm(data, "y ~ lag(y, 1) + x", steps=1, **options)
        plain = dynamic_gmm(data, "y ~ lag(y, 1) + x", steps=1, cov="unadjusted", **options)
        two = dynamic_gmm(data, "y ~ lag(y, 1) + x", **options)

    def near(ours: object, dense: object) -> None:
        np.testing.assert_allclose(ours, dense, rtol=1e-10, atol=1e-10)

    assert robust.nobs == n_rows
    assert robust.n_instruments == len(told["zy"])
    near(robust.final.solution.estimates, told["b1"])
    near(robust.full_covariance, told["v1"])
    near(two.final.solution.estimates, told["b2"])
    near(two.final.solution.bread, told["m2"])
    np.testing.assert_allclose(two.full_covariance, told["v2"], rtol=1e-6, atol=1e-8)
    near(two.hansen.statistic, told["hansen"])

    left = [(u.y - u.x @ told["b1"])[:TIMES] for u in units]
    degrees = n_rows - len(told["b1"])
    variance = sum(e @ e for e in left) / (1 if case["orthogonal"] else 2) / degrees
    near(plain.full_covariance, variance * told["m1"])
    near(plain.sargan.statistic, told["first"] / variance)

    first = told["m1"] @ told["zx"].T @ told["a1"]
    second = told["m2"] @ told["zx"].T @ told["a2"]
    for order in (1, 2):
        near(
            robust.ar(order).statistic,
            dense_ar(units, order, told["b1"], first, told["v1"]),
        )
        near(
            plain.ar(order).statistic,
            dense_ar(
                units, order, told["b1"], first, variance * told["m1"], variance=variance
            ),
        )
        near(
            two.ar(order).statistic,
            dense_ar(units, order, told["b2"], second, two.full_covariance),
        )


def test_difference_hansen_agrees_with_dense_matrices() -> None:
    data = panel_with_gaps(4, units=80)
    case = CASES[4] | {"h": 2}
    told = dense_gmm(units_of(data, **case))
    fit = dynamic_gmm(data, "y ~ lag(y, 1) + x", iv="x", system=True, h=2)
    table = fit.difference_hansen.set_index("block")
    assert list(table.index) == ["y", "y, levels", "x", "constant", "time effects"]
    for name, row in table.iterrows():
        others = [
            k for k, block in enumerate(fit.moments.instruments.blocks) if block != name
        ]
        a = np.linalg.inv(told["s1"][np.ix_(others, others)])
        zx, zy = told["zx"][others], told["zy"][others]
        if len(others) < zx.shape[1] or np.linalg.matrix_rank(zx) < zx.shape[1]:
            assert np.isnan(row["statistic"])
            continue
        b = np.linalg.solve(zx.T @ a @ zx, zx.T @ a @ zy)
        without = (zy - zx @ b) @ a @ (zy - zx @ b)
        assert row["hansen_without"] == pytest.approx(without, rel=1e-8)
        assert row["statistic"] == pytest.approx(told["hansen"] - without, rel=1e-7)
        assert row["statistic"] >= 0
        assert row["df"] == len(fit.moments.instruments.blocks) - len(others)


def test_iterated_is_the_fixed_point() -> None:
    data = panel_with_gaps(5, units=150)
    units = units_of(data, **CASES[0])
    with pytest.warns(DroppedRowsWarning, match="no row is left .* of 1 entity: firm 109"):
        fit = dynamic_gmm(data, "y ~ lag(y, 1) + x", iv="x", steps="iterated")
    told = dense_gmm(units)
    b = told["b1"]
    for _ in range(400):
        scores = [u.z.T @ (u.y - u.x @ b) for u in units]
        a = np.linalg.inv(sum(np.outer(s, s) for s in scores))
        b = np.linalg.solve(told["zx"].T @ a @ told["zx"], told["zx"].T @ a @ told["zy"])
    np.testing.assert_allclose(fit.final.solution.estimates, b, atol=1e-8)
    assert fit.final.number > 2
    assert "Iterated difference GMM" in fit.summary
