"""The grid: what is accepted, what is refused, and how it is shifted and demeaned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import Panel
from unigauge.estimation.panel import as_panel, require_within_variation


def frame_of(keys, **columns):
    index = pd.MultiIndex.from_tuples(keys, names=["state", "year"])
    return pd.DataFrame(columns, index=index)


GAPPY = frame_of(
    [("a", 2000), ("a", 2001), ("a", 2003), ("b", 2001), ("b", 2002)],
    x=[1.0, 2.0, 4.0, 8.0, np.nan],
)


def test_the_grid_holds_every_calendar_period():
    panel = Panel.from_frame(GAPPY)
    assert panel.times.tolist() == [2000, 2001, 2002, 2003]
    assert panel.entities.tolist() == ["a", "b"]
    assert (panel.n_entities, panel.n_times) == (2, 4)
    assert panel.mask.tolist() == [[True, True, False, True], [False, True, True, False]]
    np.testing.assert_array_equal(
        panel.values("x"), [[1, 2, np.nan, 4], [np.nan, 8, np.nan, np.nan]]
    )


def test_a_year_in_which_nobody_is_observed_breaks_the_chain():
    panel = as_panel(frame_of([("a", 2000), ("a", 2002), ("b", 2000), ("b", 2002)], x=1.0))
    assert panel.times.tolist() == [2000, 2001, 2002]
    assert np.isnan(panel.lag("x")[panel.mask]).all()
    assert np.isnan(panel.diff("x")).all()
    assert np.isfinite(panel.lag("x", 2)).sum() == 2


def test_lags_leads_and_differences_follow_the_calendar():
    panel = Panel.from_frame(GAPPY)
    nan = np.nan
    np.testing.assert_array_equal(panel.lag("x"), [[nan, 1, 2, nan], [nan, nan, 8, nan]])
    np.testing.assert_array_equal(
        panel.lag("x", -1), [[2, nan, 4, nan], [8, nan, nan, nan]]
    )
    np.testing.assert_array_equal(panel.diff("x", 2)[0], [nan, nan, nan, 2])
    assert np.isnan(panel.lag("x", 9)).all()
    assert np.isnan(panel.lag("x", -9)).all()


def test_coverage_counts_gaps():
    coverage = Panel.from_frame(GAPPY).coverage
    assert coverage.loc["a"].tolist() == [2000, 2003, 3, 1]
    assert coverage.loc["b"].tolist() == [2001, 2002, 2, 0]
    assert "1 gap in 1 entity" in Panel.from_frame(GAPPY).coverage_text


def test_columns_and_index_give_the_same_panel():
    flat = GAPPY.reset_index()
    by_name = Panel.from_frame(flat, entity="state", time="year")
    half = Panel.from_frame(flat.set_index("state"), entity="state", time="year")
    for panel in (by_name, half):
        np.testing.assert_array_equal(panel.values("x"), as_panel(GAPPY).values("x"))
        assert panel.variables == ("x",)


def test_a_panel_passes_through_and_a_round_trip_changes_nothing():
    panel = Panel.from_frame(GAPPY)
    assert as_panel(panel) is panel
    pd.testing.assert_frame_equal(panel.to_frame(), GAPPY, check_index_type=False)
    with pytest.raises(InputError, match="already has both"):
        Panel.from_frame(panel, entity="state", time="year")


def test_later_changes_of_the_frame_do_not_reach_the_panel():
    frame = GAPPY.copy()
    panel = Panel.from_frame(frame)
    frame.iloc[0, 0] = 99.0
    assert panel.values("x")[0, 0] == 1.0


def test_entities_that_stand_together_are_sorted_whatever_their_order():
    blocks = pd.concat([GAPPY.loc[["b"]], GAPPY.loc[["a"]]])
    panel = Panel.from_frame(blocks)
    assert panel.entities.tolist() == ["a", "b"]
    np.testing.assert_array_equal(panel.values("x"), as_panel(GAPPY).values("x"))


@pytest.mark.parametrize(
    ("stamps", "frequency"),
    [
        (["2000-12-31", "2001-12-30", "2003-12-31"], "Y-DEC"),
        (["2000-01-01", "2000-04-01", "2000-10-01"], "Q-DEC"),
        (["2000-01-31", "2000-02-29", "2000-12-31"], "M"),
        (["2000-01-30", "2000-01-31", "2000-02-02"], "D"),
    ],
)
def test_time_stamps_become_the_coarsest_calendar_that_keeps_them_apart(stamps, frequency):
    frame = frame_of([("a", pd.Timestamp(stamp)) for stamp in stamps], x=1.0)
    times = Panel.from_frame(frame).times
    assert isinstance(times, pd.PeriodIndex)
    assert times.freqstr == frequency


def test_quarters_have_a_grid_of_quarters():
    periods = pd.PeriodIndex(["2000Q4", "2001Q1", "2001Q3"], freq="Q")
    panel = Panel.from_frame(frame_of([("a", p) for p in periods], x=[1.0, 2.0, 3.0]))
    assert panel.n_times == 4
    np.testing.assert_array_equal(panel.lag("x")[0], [np.nan, 1, 2, np.nan])


def test_window_and_balanced():
    panel = Panel.from_frame(GAPPY)
    cut = panel.window(2001, 2002)
    assert cut.times.tolist() == [2001, 2002]
    assert panel.window(last=2001).n_times == 2
    with pytest.warns(DroppedRowsWarning, match=r"1 row left out .* 1 entity of 2 .* 'a'"):
        assert cut.balanced([]).entities.tolist() == ["b"]
    with pytest.raises(IdentificationError, match="no entity has x in all 2 periods"):
        cut.balanced("x")
    with pytest.raises(InputError, match="no row lies between 1990 and 1991"):
        panel.window(1990, 1991)
    with pytest.raises(InputError, match="cannot be compared"):
        panel.window("early")


def test_demeaning_matches_dummies_in_an_unbalanced_panel():
    rng = np.random.default_rng(1)
    full = pd.MultiIndex.from_product([range(6), range(2000, 2009)], names=["i", "t"])
    frame = pd.DataFrame({"x": rng.normal(size=len(full))}, index=full)
    frame = frame[rng.random(len(full)) > 0.3]
    panel = Panel.from_frame(frame)
    i, t = np.nonzero(panel.mask)
    dummies = {
        "entity": np.eye(6)[i],
        "time": np.eye(9)[t],
        "both": np.hstack([np.eye(6)[i], np.eye(9)[t]]),
    }
    x = frame["x"].to_numpy()
    for by, design in dummies.items():
        residual = x - design @ np.linalg.lstsq(design, x, rcond=None)[0]
        np.testing.assert_allclose(panel.demean("x", by)[panel.mask], residual, atol=1e-12)
        assert np.isnan(panel.demean("x", by)[~panel.mask]).all()


def test_groups_number_any_variable():
    frame = GAPPY.assign(region=["n", "s", None, "n", "s"])
    groups = Panel.from_frame(frame).groups("region")
    assert groups.tolist() == [[0, 1, -1, -1], [-1, 0, 1, -1]]
    assert Panel.from_frame(frame).groups("year")[0].tolist() == [0, 1, -1, 3]


# ---------------------------------------------------------------------------
# Refusals


def reversed_frame(years, ids, names=("year", "id")):
    index = pd.MultiIndex.from_product([years, ids], names=names)
    return pd.DataFrame({"x": np.arange(float(len(index)))}, index)


@pytest.mark.parametrize(
    "frame",
    [
        reversed_frame(range(2000, 2003), [1, 2]),
        reversed_frame(range(2000, 2003), [1, 2], ("Quarter", None)),
        reversed_frame(pd.date_range("2000", periods=3, freq="YS"), [1, 2], (None, None)),
        reversed_frame(pd.period_range("2000Q1", periods=3, freq="Q"), ["a", "b"]),
        reversed_frame(range(2000, 2003), ["a", "b"], (None, None)),
    ],
)
def test_an_index_of_time_and_entity_is_refused_with_the_remedy(frame):
    with pytest.raises(InputError, match=r"looks reversed.*frame\.swaplevel\(\)\.sort_in"):
        Panel.from_frame(frame)
    assert Panel.from_frame(frame.swaplevel().sort_index()).n_entities == 2


@pytest.mark.parametrize("names", [("firm", "year"), (None, None), ("period", "date")])
def test_an_index_of_numbered_entities_is_not_taken_for_reversed(names):
    panel = Panel.from_frame(reversed_frame([2001, 2002, 2003], [1, 2], names))
    assert (panel.n_entities, panel.n_times) == (3, 2)


def test_entities_may_be_called_a_time_where_that_is_said():
    flat = reversed_frame([1, 2], range(2000, 2003), ("period", "id")).reset_index()
    panel = Panel.from_frame(flat, entity="period", time="id")
    assert panel.window(2001).n_times == 2


@pytest.mark.parametrize("column", ["entity", "time", "state", "year"])
def test_columns_that_bear_the_name_of_a_dimension_are_refused(column):
    with pytest.raises(InputError, match=rf"a column '{column}'.*Rename it: frame\.rename"):
        Panel.from_frame(GAPPY.assign(**{column: 1.0}))


def test_the_dimensions_themselves_may_be_called_entity_and_time():
    flat = GAPPY.rename_axis(["entity", "time"]).reset_index()
    assert Panel.from_frame(flat, entity="entity", time="time").variables == ("x",)
    with pytest.raises(InputError, match="a column 'state'"):
        Panel.from_frame(GAPPY.assign(state=1), entity="state", time="year")


def test_years_written_as_text_are_met_with_the_remedy():
    with pytest.raises(InputError, match=r"convert them with \.astype\(int\)"):
        Panel.from_frame(frame_of([("a", "2000"), ("a", "2001")], x=1.0))


@pytest.mark.parametrize("k", [1.5, "1", True])
def test_a_lag_is_a_whole_number_of_periods(k):
    panel = Panel.from_frame(GAPPY)
    for shifted in (panel.lag, panel.diff):
        with pytest.raises(InputError, match=r"k is .* whole number of periods"):
            shifted("x", k)


def test_duplicates_are_shown():
    twice = pd.concat([GAPPY, GAPPY.iloc[:1]]).sort_index()
    with pytest.raises(InputError, match=r"2 rows share .*\('a', 2000\)"):
        Panel.from_frame(twice)


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        ([1, 0, 2, 3, 4], r"\('a', 2000\) follows \('a', 2001\)"),
        ([0, 1, 3, 2, 4], "the rows of 'a' do not stand together"),
        ([4, 3, 2, 1, 0], r"\('b', 2001\) follows \('b', 2002\)"),
    ],
)
def test_unsorted_panels_are_refused_with_the_remedy(order, fault):
    with pytest.raises(InputError, match=rf"unsorted: {fault}.*frame\.sort_index\(\)"):
        Panel.from_frame(GAPPY.iloc[order])


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (GAPPY.reset_index(), {}, r"must be indexed by \(entity, time\)"),
        (GAPPY.reset_index(), {"entity": "state"}, "name both columns, or neither"),
        (GAPPY.reset_index(), {"entity": "sate", "time": "year"}, "Did you mean 'state'"),
        (GAPPY.reset_index(), {"entity": "year", "time": "year"}, "must differ"),
        (GAPPY.iloc[:0], {}, "no rows"),
        ([1, 2], {}, "must be a DataFrame"),
        (frame_of([("a", "2000"), ("a", "2001")], x=1.0), {}, "must be whole numbers"),
        (frame_of([("a", 0.5), ("a", 1.5)], x=1.0), {}, "must be whole numbers"),
        (frame_of([("a", 20000101), ("a", 20240101)], x=1.0), {}, "pandas.to_datetime"),
        (frame_of([("a", 2000), (None, 2001)], x=1.0), {}, "entity is missing in 1 row"),
        (frame_of([(1, 2000), ("a", 2001)], x=1.0), {}, "mix types"),
        (
            frame_of(
                [
                    ("a", pd.Timestamp("2000-01-01 0:00")),
                    ("a", pd.Timestamp("2000-01-01 1:00")),
                ],
                x=1.0,
            ),
            {},
            "fall on one day",
        ),
    ],
)
def test_unusable_frames_are_refused(frame, options, message):
    with pytest.raises(InputError, match=message):
        Panel.from_frame(frame, **options)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([1.0, np.inf, 1.0, 1.0, 1.0], r"infinite in 1 row, first at \('a', 2001\)"),
        (list("abcde"), "not numeric"),
        ([1j, 1j, 1j, 1j, 1j], "complex"),
    ],
)
def test_unusable_variables_are_refused_when_asked_for(column, message):
    panel = Panel.from_frame(GAPPY.assign(bad=column))
    panel.values("x")
    with pytest.raises(InputError, match=message):
        panel.values("bad")


def test_an_unknown_variable_is_met_with_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'patents'"):
        Panel.from_frame(GAPPY.rename(columns={"x": "patents"})).values("patnts")


def test_variation_within_entities_is_required_by_name():
    keys = [("a", 2000), ("a", 2001), ("b", 2000), ("c", 2000), ("c", 2001)]
    panel = Panel.from_frame(frame_of(keys, x=[1.0, 1, 2, 3, 3], z=[1.0, 2, 3, 4, 4]))
    with pytest.raises(IdentificationError, match="'x' does not vary within any entity"):
        require_within_variation(panel, "x")
    np.testing.assert_array_equal(require_within_variation(panel, "z"), panel.values("z"))
    with pytest.raises(
        IdentificationError, match="fewer than two periods in 1 entity: 'b'"
    ):
        require_within_variation(panel, "z", in_every_entity=True)
    without_b = Panel.from_frame(panel.to_frame().drop(index="b"))
    with pytest.raises(IdentificationError, match="does not vary within 1 entity: 'c'"):
        require_within_variation(without_b, "z", in_every_entity=True)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_lag_is_what_the_calendar_says(data):
    keys = sorted(
        data.draw(
            st.sets(st.tuples(st.integers(0, 3), st.integers(1990, 1999)), min_size=1)
        )
    )
    x = data.draw(st.lists(st.floats(-9, 9), min_size=len(keys), max_size=len(keys)))
    k = data.draw(st.integers(-4, 4))
    panel = Panel.from_frame(frame_of(keys, x=x))
    known = dict(zip(keys, x, strict=True))
    lagged = panel.lag("x", k)
    for i, entity in enumerate(panel.entities):
        for t, year in enumerate(panel.times):
            expected = known.get((entity, year - k), np.nan)
            np.testing.assert_array_equal(lagged[i, t], expected)
