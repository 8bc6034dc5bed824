"""Sweeps: order, failures, workers, and what a function may return."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from unigauge.errors import InputError, UnigaugeWarning
from unigauge.models import delocation
from unigauge.sweeps import sweep


def root(x: float) -> float:
    return math.sqrt(x)


def two(x: float, y: float) -> dict[str, float]:
    return {"sum": x + y, "product": x * y}


def test_the_last_name_moves_fastest() -> None:
    frame = sweep(two, {"x": [1, 2], "y": [3, 4]})
    assert frame.columns.tolist() == ["x", "y", "sum", "product", "error"]
    assert frame[["x", "y"]].to_numpy().tolist() == [[1, 3], [1, 4], [2, 3], [2, 4]]
    assert frame["product"].tolist() == [3, 4, 6, 8]
    assert (frame["error"] == "").all()


def test_a_failure_is_reported_in_its_cell_and_nothing_is_lost() -> None:
    frame = sweep(root, {"x": [4.0, -1.0, 9.0]})
    assert frame["value"].iloc[[0, 2]].tolist() == [2.0, 3.0]
    assert math.isnan(frame["value"].iloc[1])
    assert frame["error"].iloc[1].startswith("ValueError: ")
    assert frame["error"].iloc[[0, 2]].tolist() == ["", ""]


def test_when_all_fail_all_are_reported() -> None:
    with pytest.warns(UnigaugeWarning, match="every cell failed; the first says ValueE"):
        frame = sweep(root, {"x": [-1.0, -2.0]})
    assert frame.columns.tolist() == ["x", "error"]
    assert frame["error"].str.startswith("ValueError").all()


def test_workers_do_not_change_the_answer() -> None:
    def regime(trade_cost: float) -> delocation.Outcome:
        world = delocation.World(trade_cost=trade_cost)
        return delocation.solve(world, "national_treatment")

    grid = {"trade_cost": [0.2, 0.4, -1.0]}
    alone, together = sweep(regime, grid), sweep(regime, grid, n_jobs=2, progress=True)
    pd.testing.assert_frame_equal(alone, together)
    assert alone["status"].iloc[:2].tolist() == ["ok", "ok"]
    assert alone["error"].iloc[2].startswith("InputError: trade_cost is -1.0")


def test_a_worker_that_dies_leaves_the_other_cells() -> None:
    def die(x: int) -> int:
        import os
        import time

        if x == 3:
            time.sleep(1.0)
            os._exit(1)
        return x

    frame = sweep(die, {"x": [1, 2, 3]}, n_jobs=2)
    assert frame["value"].iloc[:2].tolist() == [1, 2]
    assert "TerminatedWorkerError" in frame["error"].iloc[2]


def test_a_chosen_backend_carries_the_sweep() -> None:
    import threading

    from joblib import parallel_config

    names = set()

    def where(x: int) -> int:
        names.add(threading.current_thread().name)
        return x

    with parallel_config(backend="threading"):
        frame = sweep(where, {"x": list(range(8))}, n_jobs=2)
    assert frame["value"].tolist() == list(range(8))
    assert names - {threading.main_thread().name}


def test_a_backend_that_cannot_stream_carries_it_too() -> None:
    from joblib import parallel_config

    with parallel_config(backend="multiprocessing"):
        frame = sweep(two, {"x": [1, 2], "y": [3, 4]}, n_jobs=2, progress=True)
    pd.testing.assert_frame_equal(frame, sweep(two, {"x": [1, 2], "y": [3, 4]}))


def test_cells_may_be_listed() -> None:
    frame = sweep(lambda **cell: len(cell), [{"x": 1}, {"x": 1, "y": 2}])
    assert frame["value"].tolist() == [1, 2]


def test_a_sweep_over_regimes_is_one_line() -> None:
    def outcome(trade_cost: float, regime: str) -> delocation.Outcome:
        return delocation.solve(delocation.World(trade_cost=trade_cost), regime)

    frame = sweep(outcome, {"trade_cost": [0.2, 0.4], "regime": ["efficient", "autarky"]})
    assert (frame["error"] == "").all()
    assert frame.columns.tolist().count("regime") == 1


def test_a_frame_is_no_cell() -> None:
    with pytest.warns(UnigaugeWarning, match="every cell failed"):
        frame = sweep(lambda x: pd.DataFrame({"a": [x]}), {"x": [1]})
    assert "returned a data frame" in frame["error"].iloc[0]


def test_a_column_that_contradicts_a_parameter_is_a_failure_of_its_cell() -> None:
    with pytest.warns(UnigaugeWarning, match="every cell failed"):
        frame = sweep(lambda x: {"x": x + 1}, {"x": [1]})
    assert frame["x"].tolist() == [1]
    assert "returned the column 'x'" in frame["error"].iloc[0]


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "the grid has no cell"),
        ({"x": []}, "the grid has no cell"),
        ([], "the grid has no cell"),
        ({"x": 3}, r"grid\['x'\] is 3; .* write \[3\]"),
        ({"x": "abc"}, r"grid\['x'\] is 'abc'"),
        ([3], r"grid\[0\] is 3"),
        (3, r"grid is 3; a grid is a mapping"),
    ],
)
def test_a_grid_without_sense_is_refused(grid: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sweep(root, grid)  # type: ignore[arg-type]


def test_no_workers_is_refused() -> None:
    with pytest.raises(InputError, match="n_jobs is 0"):
        sweep(root, {"x": [1]}, n_jobs=0)
