"""The data sets are what their codebooks say, and a damaged file is found out."""

from __future__ import annotations

import dataclasses
import os
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.datasets import loading, registry
from unigauge.errors import DataError, InputError
from unigauge.results import WIDTH

FIELDS = registry.REGISTRY["technology_fields"]


@pytest.fixture
def content() -> bytes:
    return (files("unigauge.datasets") / "files" / FIELDS.file).read_bytes()


def test_load_technology_fields():
    fields = datasets.load("technology_fields")
    assert fields.index.names == ["field", "year"]
    assert fields.index.is_monotonic_increasing
    assert len(fields) == 529
    assert not fields.isna().any(axis=None)
    assert set(fields.dtypes) == {np.dtype("int64")}
    # the file's first and last rows, wherever sorting put them
    assert fields.loc[("health", 1998)].tolist() == [53, 595, 15970, 12894]
    assert fields.loc[("life_sciences", 2020), "iso_standards"] == 36


def test_attributes_travel_with_the_data():
    attrs = datasets.load("technology_fields").attrs
    assert {"title", "publisher", "licence", "citation", "units"} <= attrs.keys()
    assert attrs["units"]["patent_families"] == "families"
    assert attrs["sha256"] == FIELDS.sha256


def test_each_load_is_the_callers_own():
    first = datasets.load("technology_fields")
    first.iloc[0, 0] = -1
    first.attrs["units"].clear()
    second = datasets.load("technology_fields")
    assert second.iloc[0, 0] >= 0
    assert second.attrs["units"]


def test_the_cumulative_count_cumulates():
    fields = datasets.load("technology_fields")
    rise = fields["iso_standards_cumulative"].groupby("field").diff().dropna()
    assert (rise == fields.loc[rise.index, "iso_standards"]).all()


def test_cautions_quote_the_data_rightly():
    fields = datasets.load("technology_fields")
    published = fields["iso_standards"].loc["manufacturing"]
    assert published.loc[[2009, 2010, 2011]].tolist() == [69, 352, 155]
    more = fields.index[fields["uspto_grants"] > fields["patent_families"]]
    assert more.tolist() == [("life_sciences", y) for y in (1998, 1999, 2001, 2002)]
    thin = fields["iso_standards"].groupby("field").mean().nsmallest(3)
    assert set(thin.index) == {"telecom", "electrical", "electronics"}


def test_concordance_covers_the_fields_and_overlaps_nowhere():
    concordance = datasets.load("technology_fields_concordance")
    fields = datasets.load("technology_fields").index.unique("field")
    assert concordance.index.tolist() == fields.tolist()
    ics = " ".join(concordance["ics_fields"]).split()
    wipo = "; ".join(concordance["wipo_fields"]).split("; ")
    assert len(ics) == len(set(ics)) == 36
    assert len(wipo) == len(set(wipo)) == 35
    assert "07" in ics  # codes are text: leading noughts stay


def test_counts_follow_from_the_finer_tables():
    folder = os.environ.get("UNIGAUGE_DATA")
    if not folder or not Path(folder, "extra").is_dir():
        pytest.skip("UNIGAUGE_DATA does not name a folder with the finer tables")
    published = pd.read_csv(
        Path(folder, "extra", "iso_published_ics_year.csv"), dtype={"ics1": str}
    )
    patents = pd.read_csv(Path(folder, "extra", "patents_country_field_year.csv"))
    fields = datasets.load("technology_fields")
    for field, row in datasets.load("technology_fields_concordance").iterrows():
        ours = fields.loc[field]
        chosen = published[published["ics1"].isin(row["ics_fields"].split())]
        documents = chosen.groupby("year")["n_main_documents"].sum()
        years = ours.index
        assert documents.reindex(years, fill_value=0).tolist() == list(ours.iso_standards)
        up_to = [documents.loc[:year].sum() for year in years]
        assert up_to == ours["iso_standards_cumulative"].tolist()
        chosen = patents[patents["field"].isin(row["wipo_fields"].split("; "))]
        sums = chosen.groupby("year")[["ipf_granted", "uspto_granted"]].sum().loc[years]
        assert sums["ipf_granted"].tolist() == ours["patent_families"].tolist()
        assert sums["uspto_granted"].tolist() == ours["uspto_grants"].tolist()


# ---------------------------------------------------------------------------
# Codebook and catalogue


def skip_unless_here(name: str) -> None:
    if datasets.available().loc[name, "found"] == "not here":
        pytest.skip(f"{name} is read from the folder UNIGAUGE_DATA, which lacks it")


@pytest.mark.parametrize("name", registry.REGISTRY)
def test_codebook_prints_whole(name):
    skip_unless_here(name)
    book = datasets.describe(name)
    text = str(book)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "..." not in text  # no meaning is cut
    flowing = " ".join(text.split())
    for caution in book.dataset.cautions:
        assert " ".join(caution.split()) in flowing
    assert book.dataset.sha256 in flowing
    assert "<table>" in book._repr_html_()


def test_codebook_frame_and_plot():
    book = datasets.describe("technology_fields")
    frame = book.to_frame()
    assert frame.index.tolist() == [column.name for column in FIELDS.columns]
    assert frame.loc["iso_standards", ["values", "lowest", "highest"]].tolist() == [
        529,
        0,
        352,
    ]
    data = book.plot_data()
    assert (data.loc[1998] == 100).all()
    total = datasets.load("technology_fields")["patent_families"].groupby("year").sum()
    assert data.loc[2020, "patent_families"] == pytest.approx(
        100 * total[2020] / total[1998]
    )
    axes = book.plot()
    assert len(axes.lines) == len(data.columns)
    assert book.plot(axes) is axes
    assert book.record()["rows"] == 529


def test_plot_of_a_cross_section_counts_values():
    book = datasets.describe("technology_fields_concordance")
    assert book.plot_data()["values"].tolist() == [23, 23, 23, 23]
    assert [bar.get_width() for bar in book.plot().patches] == [23, 23, 23, 23]


def test_available():
    table = datasets.available()
    assert table.index.tolist() == list(registry.REGISTRY)
    assert table.loc["technology_fields", "found"] == "package"
    assert table.loc["technology_fields", "rows"] == 529


@pytest.mark.parametrize("function", [datasets.load, datasets.describe])
def test_unknown_name_is_suggested(function):
    with pytest.raises(InputError, match="Did you mean 'technology_fields'"):
        function("technology_field")


# ---------------------------------------------------------------------------
# Panels for validation, which the package does not carry


def test_validation_panels_are_those_of_other_programs():
    """Numbers that plm prints of the same files."""
    skip_unless_here("employment_uk")
    employment = datasets.load("employment_uk")
    assert employment.index.names == ["firm", "year"]
    spells = employment.groupby("firm").size()
    assert spells.value_counts().to_dict() == {7: 103, 8: 23, 9: 14}
    grunfeld = datasets.load("grunfeld")
    assert grunfeld.loc[(1, 1935)].tolist() == [317.6, 3078.5, 2.8]
    within = grunfeld - grunfeld.groupby("firm").transform("mean")
    slope = np.linalg.lstsq(within[["value", "capital"]], within["inv"], rcond=None)[0]
    assert slope == pytest.approx([0.110124, 0.310065], abs=5e-7)


def test_the_two_patent_panels_agree():
    """The corrected header of the first: its columns are those of the second."""
    skip_unless_here("patents_hgh")
    short = datasets.load("patents_hgh")
    long = datasets.load("patents_rd_us")
    same = long.loc[short.index]
    assert short["pat"].tolist() == same["patents"].tolist()
    np.testing.assert_allclose(np.exp(short["logr"]), same["rd"], rtol=1e-12)
    for lag in range(1, 5):
        before = pd.MultiIndex.from_arrays(
            [short.index.get_level_values(0), short.index.get_level_values(1) - lag]
        )
        assert short[f"pat{lag}"].tolist() == long.loc[before, "patents"].tolist()


def test_text_that_looks_missing_stays_text():
    skip_unless_here("produc")
    assert "LOUISIANA" in datasets.load("produc").index.unique("state")


def test_a_panel_that_is_not_here_says_how_to_get_it(monkeypatch):
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    with pytest.raises(
        DataError, match=r"UNIGAUGE_DATA name a folder that holds validation/EmplUK\.csv"
    ):
        datasets.load("employment_uk")


def test_codes_may_be_below_nought():
    column = registry.Column(name="sic", meaning="industry", unit="code", kind="code")
    cells = pd.Series(["-999", "800.0"])
    assert loading._typed(cells, column, "small.csv").tolist() == [-999, 800]
    with pytest.raises(DataError, match=r"line 2: sic is '1.5'; it must be a whole number"):
        loading._typed(pd.Series(["1.5"]), column, "small.csv")


# ---------------------------------------------------------------------------
# Where files are looked for


@pytest.fixture
def elsewhere(monkeypatch) -> registry.Dataset:
    """A data set that the package does not carry."""
    dataset = dataclasses.replace(FIELDS, name="elsewhere", file="elsewhere.csv")
    monkeypatch.setattr(registry, "REGISTRY", {**registry.REGISTRY, "elsewhere": dataset})
    monkeypatch.setattr(loading, "REGISTRY", registry.REGISTRY)
    return dataset


def test_own_folder_is_second(elsewhere, content, tmp_path, monkeypatch):
    monkeypatch.setenv("UNIGAUGE_DATA", str(tmp_path))
    assert datasets.available().loc["elsewhere", "found"] == "not here"
    (tmp_path / "elsewhere.csv").write_bytes(content)
    assert datasets.available().loc["elsewhere", "found"] == "UNIGAUGE_DATA"
    assert datasets.describe("elsewhere").found == "UNIGAUGE_DATA"
    pd.testing.assert_frame_equal(
        datasets.load("elsewhere"), datasets.load("technology_fields")
    )
    # what the package carries is not overridden
    (tmp_path / FIELDS.file).write_text("spoilt")
    assert len(datasets.load("technology_fields")) == 529


def test_absent_file_says_where_it_looked(elsewhere, tmp_path, monkeypatch):
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    with pytest.raises(DataError, match=r"UNIGAUGE_DATA is not set.*Source: ISO catalogue"):
        datasets.load("elsewhere")
    monkeypatch.setenv("UNIGAUGE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=f"not in {tmp_path} either"):
        datasets.load("elsewhere")
    for nonsense in (tmp_path / "nowhere", Path(__file__)):
        monkeypatch.setenv("UNIGAUGE_DATA", str(nonsense))
        with pytest.raises(DataError, match=f"names {nonsense}, which is no folder"):
            datasets.load("elsewhere")


def test_the_users_home_may_be_written_short(elsewhere, content, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("UNIGAUGE_DATA", "~/data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "elsewhere.csv").write_bytes(content)
    assert len(datasets.load("elsewhere")) == 529


# ---------------------------------------------------------------------------
# Damaged files


def damaged(content: bytes, old: str, new: str) -> bytes:
    text = content.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("patent_families", "families", "columns are field.*expected are field"),
        ("health,1998,53", "health,1998,5x3", "line 2: iso_standards is '5x3'.*whole"),
        ("health,1998,53", "health,1998,-53", "line 2: iso_standards is '-53'"),
        ("health,1998,53", "health,1998,53.5", "line 2: iso_standards is '53.5'"),
        ("health,1998,53", "health,1998,", "line 2: iso_standards is ''"),
        ("health,1998,53", "health,1998,inf", "line 2: iso_standards is 'inf'"),
        ("health,1999", ",1999", "line 3: field is ''; it must be text"),
        (
            "health,1999",
            "health,1998",
            "field, year health, 1998 stands there twice",
        ),
        ("health,1998,53,595,15970,12894\n", "", "528 rows, 529 are expected"),
        ("health,1998,53", "health,1998,54", "content is not the one that was checked"),
        ("health,1998,53", 'health,1998,"53', "cannot be read|columns are|line 2"),
    ],
)
def test_damage_is_found(content, old, new, message):
    with pytest.raises(DataError, match=message):
        loading.check(FIELDS, damaged(content, old, new), "fields.csv")


@pytest.mark.parametrize("spoilt", [b"", b"\xff\xfe\x00", b"<html>not found</html>"])
def test_no_table_at_all(spoilt):
    with pytest.raises(DataError, match=r"fields\.csv"):
        loading.check(FIELDS, spoilt, "fields.csv")


def test_line_ends_do_not_matter(content):
    frame, checks = loading.check(FIELDS, content.replace(b"\n", b"\r\n"), "fields.csv")
    pd.testing.assert_frame_equal(frame, datasets.load("technology_fields"))
    assert any(FIELDS.sha256 in sentence for sentence in checks)


def test_gaps_are_kept_where_the_codebook_allows_them():
    import hashlib

    content = b"country,year,value\nFRA,2001,\nFRA,2000,1.5\n"
    columns = (
        registry.Column(name="country", meaning="country", unit="name", kind="text"),
        registry.Column(name="year", meaning="year", unit="year", kind="year"),
        registry.Column(name="value", meaning="v", unit="share", kind="number", gaps=True),
    )
    dataset = dataclasses.replace(
        FIELDS,
        columns=columns,
        index=("country", "year"),
        rows=2,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    frame, checks = loading.check(dataset, content, "small.csv")
    assert frame.index.tolist() == [("FRA", 2000), ("FRA", 2001)]
    assert frame["value"].isna().tolist() == [False, True]
    book = datasets.Codebook(
        dataset=dataset, data=frame, found="package", checks=tuple(checks)
    )
    assert book.to_frame().loc["value", "values"] == 1
    assert book.plot_data()["value"].tolist() == [1, 0]
