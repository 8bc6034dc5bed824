"""Country panel, objections and stylised facts are what their entries say."""

from __future__ import annotations

import json
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.datasets.registry import REGISTRY
from unigauge.errors import DataError, InputError
from unigauge.results import WIDTH


@cache
def loaded(name: str) -> pd.DataFrame:
    if datasets.available().loc[name, "found"] == "not here":
        pytest.skip(f"{name} is read from the folder UNIGAUGE_DATA, which lacks it")
    return datasets.load(name)


# ---------------------------------------------------------------------------
# Every entry


@pytest.mark.parametrize("name", REGISTRY)
def test_every_entry_is_complete(name):
    dataset = REGISTRY[name]
    for field in ("title", "publisher", "licence", "citation", "source", "coverage"):
        assert getattr(dataset, field).strip(), field
    assert all(column.unit and len(column.meaning) <= 50 for column in dataset.columns)
    names = [column.name for column in dataset.columns]
    assert len(names) == len(set(names))
    assert set(dataset.index) <= set(names)
    assert set(dataset.buildable) <= set(names)
    sentences = (*dataset.breaks, *dataset.cautions, *dataset.verified)
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("name", REGISTRY)
def test_everything_loads_with_its_attributes(name):
    frame = loaded(name)
    part = frame.iloc[:3, :1].copy()
    for attrs in (frame.attrs, part.attrs):
        assert attrs["name"] == name
        assert set(attrs["units"]) == {column.name for column in REGISTRY[name].columns}
        assert attrs["sha256"] == REGISTRY[name].sha256
    json.dumps(frame.attrs)


def test_the_package_carries_only_what_is_ours():
    carried = (datasets.loading.files("unigauge.datasets") / "files").iterdir()
    assert sorted(file.name for file in carried) == [
        "stylised_facts.csv",
        "technology_fields.csv",
        "technology_fields_concordance.csv",
    ]


# ---------------------------------------------------------------------------
# Where to look


def test_source_names_the_place(tmp_path, monkeypatch):
    packaged = datasets.load("stylised_facts")
    pd.testing.assert_frame_equal(
        datasets.load("stylised_facts", source="package"), packaged
    )
    file = tmp_path / "stylised_facts.csv"
    with pytest.raises(DataError, match=f"it is not in {tmp_path}"):
        datasets.load("stylised_facts", source=tmp_path)
    packaged_file = datasets.loading.files("unigauge.datasets") / "files" / file.name
    file.write_bytes(packaged_file.read_bytes())
    for source in (tmp_path, str(tmp_path), file):
        pd.testing.assert_frame_equal(
            datasets.load("stylised_facts", source=source), packaged
        )
        found = datasets.describe("stylised_facts", source=source).found
        assert found == str(source)
    monkeypatch.setenv("UNIGAUGE_DATA", str(tmp_path))
    assert datasets.describe("stylised_facts", source="UNIGAUGE_DATA").found == (
        "UNIGAUGE_DATA"
    )
    monkeypatch.delenv("UNIGAUGE_DATA")
    with pytest.raises(DataError, match="not found: UNIGAUGE_DATA is not set"):
        datasets.load("stylised_facts", source="UNIGAUGE_DATA")
    with pytest.raises(DataError, match="not found: the package does not carry it"):
        datasets.load("country_panel", source="package")
    with pytest.raises(InputError, match="source is 'nowhere'; it must be 'package'"):
        datasets.load("stylised_facts", source="nowhere")


def test_absent_and_buildable_says_how_to_build(monkeypatch):
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    with pytest.raises(DataError, match="unigauge data build country_panel"):
        datasets.load("country_panel")
    with pytest.raises(DataError) as absent:
        datasets.load("eu_tris_dyads")
    assert "build" not in str(absent.value)


# ---------------------------------------------------------------------------
# Stylised facts


@pytest.fixture
def facts() -> pd.DataFrame:
    return datasets.load("stylised_facts")


@pytest.mark.parametrize(
    ("fact", "item", "value"),
    [
        ("recognition_agreements", "all", 108),
        ("recognition_partners", "all", 65),
        ("share_standards_developed", "all", 0.9),
        ("share_standards_china", "all", 0.02),
        ("productivity_elasticity_uk", "all", 0.05),
        ("productivity_elasticity_nordic", "all", 0.10),
        ("productivity_elasticity_australia", "all", 0.17),
        ("edition_life_median", "all", 11.0),
        ("edition_life_mean", "all", 12.8),
        ("edition_weibull_shape", "all", 1.47),
        ("edition_hazard", "05", 0.0252),
        ("rapporteurs_3gpp_cn", "18", 0.518),
        ("rapporteurs_3gpp_count", "04", 619),
        ("ietf_time_to_rfc", "all", 3.333),
        ("catch_up_lag", "high", 15),
    ],
)
def test_facts(facts, fact, item, value):
    assert facts.loc[(fact, item), "value"] == value


def test_every_fact_has_source_age_and_caution(facts):
    assert (facts.drop(columns=["value", "std_error"]) != "").all(axis=None)
    assert set(facts["status"]) == {"seen", "counted", "stated"}
    assert facts.groupby("fact")["unit"].nunique().max() == 1
    assert facts.loc[("tbt_provision_effect", "all"), "std_error"] == 0.046


def test_series_are_whole_and_in_order(facts):
    releases = [f"{release:02d}" for release in range(4, 20)]
    shares = {}
    for region in ("cn", "eu", "us"):
        series = facts.loc[f"rapporteurs_3gpp_{region}", "value"]
        assert series.index.tolist() == releases
        shares[region] = series
    together = sum(shares.values())
    assert together.max() < 1
    counts = facts.loc["rapporteurs_3gpp_count", "value"]
    # shares are counts over the number of specifications, to three decimals
    for series in shares.values():
        whole = np.round(series * counts)
        assert (np.abs(whole / counts - series) <= 0.00051).all()


def test_hazards_and_weibull_are_those_that_the_codebook_quotes(facts):
    hazards = facts.loc["edition_hazard", "value"]
    assert math.prod(1 - hazards[:5]) == pytest.approx(0.955, abs=5e-4)
    assert math.prod(1 - hazards[:10]) == pytest.approx(0.760, abs=5e-4)
    shape = facts.loc[("edition_weibull_shape", "all"), "value"]
    scale = facts.loc[("edition_weibull_scale", "all"), "value"]
    assert scale * math.log(2) ** (1 / shape) == pytest.approx(20.6, abs=0.1)


# ---------------------------------------------------------------------------
# Country panel


def test_what_breaks_and_cautions_quote_is_so():
    panel = loaded("country_panel")
    certificates = panel["iso9001_cert"]
    world = certificates.groupby("year").sum()
    assert world[[2017, 2018]].tolist() == [1_054_997, 878_440]
    nobody = (certificates.dropna() == 0).groupby("year").mean()
    assert nobody[[1993, 2000, 2020]].round(2).tolist() == [0.71, 0.25, 0.03]
    belarus = certificates.loc["BLR"]
    years = [2009, 2010, 2014, 2016, 2017]
    assert belarus[years].tolist() == [2014, 151, 2905, 175, 3979]
    assert panel["pat_resident"].loc["SDN"][[2007, 2008]].tolist() == [3, 340]
    assert panel["pat_resident"].min() > 0
    assert panel["openness_pwt"].loc["BMU"][[1998, 2004]].round(1).tolist() == [19.1, 16.5]
    families, grants = panel["ipf_granted"], panel["uspto_granted"]
    assert families.loc["ITA"][[2014, 2016, 2017]].tolist() == [9104, 2118, 10538]
    assert families.loc["UKR"][[2000, 2004, 2005]].tolist() == [354, 7874, 1896]
    assert families.loc["MEX"][[2015, 2016]].tolist() == [211, 606]
    assert grants.loc["ITA"][[2014, 2016, 2017]].tolist() == [2653, 2712, 2751]
    articles = panel["sci_articles"]
    for state, last in (("SRB", 2006), ("MNE", 2006), ("XKX", 2007)):
        assert (articles.loc[state].loc[1996:last] == 0).all()
    assert articles.loc[[("SRB", 2007), ("MNE", 2007), ("XKX", 2008)]].min() > 50
    assert panel["openness_pwt"].loc["IRQ"].loc[1991:2002].max() < 0.0005
    assert panel["openness_pwt"].loc["IRQ"][2003] > 0.5
    assert panel["trade_gdp_pct"].loc["IRQ"][1995].round(2) == 0.02
    assert panel["openness_pwt"].loc["GEO"][1994].round(4) == 0.0001
    lowest = panel.select_dtypes("number").min()
    negative = {"ip_receipts_usd", "ip_payments_usd", "fdi_inflow_usd"}
    assert set(lowest.index[lowest < 0]) == negative
    zeros = ("iso9001_cert", "ipf_granted", "uspto_granted", "sci_articles")
    assert (panel[list(zeros)] == 0).any().all()
    gaps = panel["openness_pwt"].loc["BMU"].loc[1995:2006]
    assert gaps.index[gaps.isna()].tolist() == [1999, 2000, 2001, 2003]
    assert panel["trade_gdp_pct"].loc["VEN"].loc[1991:2011].isna().all()
    assert panel["population"].get("TWN") is None or panel["population"]["TWN"].isna().all()
    assert panel["ipf_granted"].loc["TWN"].notna().any()
    assert panel.drop(columns="country").notna().any(axis=1).all()
    assert panel.loc["XKX", "country"].unique().tolist() == ["Kosovo"]


def test_coverage_is_so():
    panel = loaded("country_panel")
    book = datasets.describe("country_panel").to_frame()
    assert len(panel.index.unique("iso3")) == 211
    spans = {
        "iso9001_cert": (1993, 2020),
        "pat_resident": (1990, 2021),
        "ipf_granted": (1998, 2020),
        "gdp_pc_real": (1990, 2019),
        "tris_notifications": (1990, 2020),
        "pta_partners": (1992, 2016),
    }
    for column, span in spans.items():
        assert tuple(book.loc[column, ["first", "last"]]) == span
    assert book.loc["ipf_granted", "entities"] == 36
    assert book.loc["tris_notifications", "entities"] == 33
    assert sorted(panel["pta_partners"].dropna().index.unique("year")) == list(
        range(1992, 2017, 4)
    )


def test_publishers_are_named():
    attrs = loaded("country_panel").attrs
    assert attrs["publishers"]["iso9001_cert"] == "ISO (ISO Survey)"
    text = str(datasets.describe("country_panel"))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "From WIPO, through World Bank" in text
    assert "e+0" not in text.replace("e+08", "").replace("e+09", "")


# ---------------------------------------------------------------------------
# Objections to technical rules


def test_objections_sum_to_the_country_columns():
    dyads, panel = loaded("eu_tris_dyads"), loaded("country_panel")
    for kind, share in (("comments", 0.99), ("opinions", 1)):
        chosen = dyads.xs(kind, level="kind")["count"]
        for side, key in (("received", "receiver"), ("sent", "sender")):
            column = panel[f"tris_{kind}_{side}"].dropna()
            ours = chosen.groupby([key, "year"]).sum()
            ours = ours.reindex(column.index.set_names([key, "year"]), fill_value=0)
            apart = np.abs(ours.to_numpy() - column.to_numpy())
            assert (apart == 0).mean() >= share
            assert apart.max() <= 1


def test_objections_are_what_the_codebook_says():
    dyads = loaded("eu_tris_dyads")
    sender, receiver = (dyads.index.get_level_values(key) for key in ("sender", "receiver"))
    assert (sender != receiver).all()
    assert dyads["count"].min() == 1
    assert (sender.nunique(), receiver.nunique()) == (30, 33)
    assert set(sender) - set(receiver) == {"EC", "EFTA"}
    kinds = dyads.groupby("kind").size()
    assert kinds.to_dict() == {"comments": 3209, "opinions": 1939}
    rows = dyads.groupby("year").size()
    assert rows[1988] == 4
    assert rows[1989] > 100


def test_sums_of_objections_join_the_panel_as_the_codebook_says():
    dyads, panel = loaded("eu_tris_dyads"), loaded("country_panel")
    sums = dyads.xs("opinions", level="kind")["count"].groupby(["receiver", "year"]).sum()
    joined = panel.join(sums.rename_axis(["iso3", "year"]))
    assert len(joined) == len(panel)
    both = joined.dropna(subset=["count", "tris_opinions_received"])
    assert (both["count"] == both["tris_opinions_received"]).all()
    assert len(both) > 400
    assert len(panel.join(sums)) > 10 * len(panel)  # what the caution warns of


def test_pictures_of_panels_with_gaps():
    loaded("country_panel")
    for name in ("country_panel", "eu_tris_dyads"):
        book = datasets.describe(name)
        data = book.plot_data()
        axes = book.plot()
        np.testing.assert_array_equal(axes.images[0].get_array(), data.T)
    panel = datasets.describe("country_panel").plot_data()
    assert panel.loc[1992, "iso9001_cert"] == 0
    assert panel.loc[2010, "ipf_granted"] == 36
