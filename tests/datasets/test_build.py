"""The country panel is built from its publishers' files, or it is said why not."""

from __future__ import annotations

import io
import json
import socket
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.cli import main
from unigauge.datasets.builders import world_bank
from unigauge.datasets.builders.world_bank import INDICATORS
from unigauge.datasets.registry import find
from unigauge.errors import DataError, InputError, UnigaugeWarning
from unigauge.results import WIDTH

YEARS = range(2000, 2004)
COUNTRIES = {"AGO": "Angola", "DEU": "Germany", "XKX": "Kosovo", "CHI": "Channel Islands"}
GROUPS = {"WLD": "World"}
FEW = {
    column: INDICATORS[column]
    for column in ("pat_resident", "population", "trade_gdp_pct", "industry_va_gdp_pct")
}
"""Enough for most tests."""


def value(code: str, iso3: str, year: int) -> float | None:
    """Return a number that says where it comes from."""
    if (iso3, year) == ("XKX", 2000):
        return None
    place = list(INDICATORS.values()).index(code)
    return float(1000 * place + 10 * (year - 2000) + sorted(COUNTRIES).index(iso3) + 1)


def economy(iso3: str, name: str, region: str) -> dict[str, object]:
    return {"id": iso3, "iso2Code": iso3[:2], "name": name, "region": {"value": region}}


def page(rows: list, *, number: int = 1, pages: int = 1, total: int | None = None) -> bytes:
    header = {
        "page": number,
        "pages": pages,
        "per_page": 10000,
        "total": len(rows) if total is None else total,
        "lastupdated": "2026-10-01",
    }
    return json.dumps([header, rows]).encode()


def country_path(number: int = 1) -> str:
    return f"/v2/country?format=json&per_page=10000&page={number}"


def path_of(code: str, number: int = 1) -> str:
    return (
        f"/v2/country/all/indicator/{code}?date=2000:2003"
        f"&format=json&per_page=10000&page={number}"
    )


def rows_of(code: str) -> list[dict[str, object]]:
    return [
        {
            "indicator": {"id": code, "value": "words"},
            "country": {"id": iso3[:2], "value": "words"},
            "countryiso3code": iso3,
            "date": str(year),
            "value": 1e9 if iso3 in GROUPS else value(code, iso3, year),
        }
        for iso3 in (*COUNTRIES, *GROUPS)
        for year in YEARS
    ]


def penn_world_table() -> pd.DataFrame:
    keys = [(iso3, year) for iso3 in ("AGO", "DEU", "TWN") for year in YEARS]
    table = pd.DataFrame(keys, columns=["countrycode", "year"])
    table["country"] = table["countrycode"].map(
        {"AGO": "Angola", "DEU": "Germany", "TWN": "Taiwan"}
    )
    table["rgdpna"] = 100.0 + np.arange(len(table))
    table["pop"] = 2.0
    table["hc"] = np.where(table["countrycode"] == "AGO", np.nan, 3.25)
    table["csh_x"] = 0.25
    table["csh_m"] = -0.5
    return table


def stata(table: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    table.to_stata(file, write_index=False, version=118)
    return file.getvalue()


@pytest.fixture
def sources(publisher):
    """A publisher that behaves."""
    economies = [economy(iso3, name, "Somewhere") for iso3, name in COUNTRIES.items()]
    economies += [economy(iso3, name, "Aggregates") for iso3, name in GROUPS.items()]
    publisher.files[country_path()] = page(economies)
    for code in INDICATORS.values():
        publisher.files[path_of(code)] = page(rows_of(code))
    publisher.files["/pwt"] = stata(penn_world_table())
    return publisher


@pytest.fixture
def survey(tmp_path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.title = "ISO 9001"
    for row in (
        ["Country", 2002, 2003],
        ["Angola", 5, 6],
        ["Germany", 70, 80],
        ["Serbia and Montenegro", 1, 2],
    ):
        workbook.active.append(row)
    file = tmp_path / "iso.xlsx"
    workbook.save(file)
    return file


@pytest.fixture
def few_indicators(monkeypatch):
    monkeypatch.setattr(world_bank, "INDICATORS", FEW)


@pytest.fixture
def build(sources, survey, tmp_path, pauses):
    """Build from the publisher on this machine, by default with all sources."""

    def call(**options):
        settings = {
            "folder": tmp_path / "data",
            "iso_survey": [survey],
            "years": (2000, 2003),
            "world_bank_address": f"{sources.address}/v2",
            "penn_world_table_address": f"{sources.address}/pwt",
            **options,
        }
        return datasets.build("country_panel", **settings)

    return call


# ---------------------------------------------------------------------------
# What is built


def test_every_value_is_the_sources(build):
    panel = build()
    for column, code in INDICATORS.items():
        for iso3 in ("AGO", "DEU", "XKX"):
            for year in YEARS:
                wanted = value(code, iso3, year)
                found = panel[column].get((iso3, year), np.nan)
                assert (np.isnan(found) and wanted is None) or found == wanted
    assert panel.loc[("DEU", 2003), "gdp_pc_real"] == 107 / 2
    assert panel.loc[("TWN", 2000), "openness_pwt"] == 0.75
    assert panel.loc[("DEU", 2000), "human_capital"] == 3.25
    assert panel["human_capital"].loc["AGO"].isna().all()
    assert panel["iso9001_cert"].dropna().to_dict() == {
        ("AGO", 2002): 5,
        ("AGO", 2003): 6,
        ("DEU", 2002): 70,
        ("DEU", 2003): 80,
    }


@pytest.mark.usefixtures("few_indicators")
def test_countries_are_those_of_iso_3166(build):
    panel = build()
    assert panel.index.unique("iso3").tolist() == ["AGO", "DEU", "TWN", "XKX"]
    names = panel["country"].groupby("iso3").first()
    assert names.tolist() == ["Angola", "Germany", "Taiwan", "Kosovo"]
    assert ("XKX", 2000) not in panel.index  # nothing in any source, so no row


def test_columns_are_those_of_the_file_that_come_from_these_sources(build, tmp_path):
    build()
    columns = pd.read_csv(tmp_path / "data" / "country_panel.csv", nrows=0).columns
    whole = [column.name for column in find("country_panel").columns]
    others = ("ipf_", "uspto_", "tris_", "pta_", "iso14001", "iso27001")
    assert columns.tolist() == [name for name in whole if not name.startswith(others)]
    buildable = find("country_panel").buildable
    assert [name for name in buildable if name not in columns] == [
        "iso14001_cert",  # this workbook has ISO 9001 only
        "iso27001_cert",
    ]
    assert set(columns) <= set(buildable)


@pytest.mark.usefixtures("few_indicators")
def test_the_record_says_what_was_done(build, tmp_path, survey):
    build()
    record = json.loads((tmp_path / "data" / "country_panel.build.json").read_text())
    assert record["rows"] == 15
    addresses = [source["address"] for source in record["sources"]]
    assert len(addresses) == len(set(addresses)) == 1 + 1 + len(FEW) + 1
    assert addresses[0] == survey.name
    assert all(len(source["sha256"]) == 64 for source in record["sources"])
    assert [sentence[:22] for sentence in record["breaks"]] == ["In 2003 the ISO Survey"]
    assert record["notes"][0].startswith("An empty cell of the ISO Survey stays empty.")
    assert record["notes"][1:] == [
        "Left out of ISO Survey: Serbia and Montenegro.",
        "Left out of World Bank: Channel Islands.",
    ]


@pytest.mark.usefixtures("few_indicators")
def test_impossible_values_are_blanked_and_said(build, sources, tmp_path):
    rows = rows_of("NE.TRD.GNFS.ZS")
    rows[0]["value"] = 0
    sources.files[path_of("NE.TRD.GNFS.ZS")] = page(rows)
    table = penn_world_table()
    table.loc[0, "csh_x"] = -2
    sources.files["/pwt"] = stata(table)
    panel = build()
    assert np.isnan(panel.loc[("AGO", 2000), "trade_gdp_pct"])
    assert np.isnan(panel.loc[("AGO", 2000), "openness_pwt"])
    text = " ".join(
        str(datasets.describe("country_panel", source=tmp_path / "data")).split()
    )
    assert "Caution: trade_gdp_pct: values that cannot be (0 or negative) were" in text
    assert (
        "openness_pwt: values that cannot be (negative) were blanked, 1 in all, of AGO."
        in text
    )


@pytest.mark.usefixtures("few_indicators")
def test_what_was_built_loads_and_prints(build, tmp_path, monkeypatch):
    panel = build()
    folder = tmp_path / "data"
    pd.testing.assert_frame_equal(datasets.load("country_panel", source=folder), panel)
    file = folder / "country_panel.csv"
    pd.testing.assert_frame_equal(datasets.load("country_panel", source=file), panel)
    monkeypatch.setenv("UNIGAUGE_DATA", str(folder))
    pd.testing.assert_frame_equal(datasets.load("country_panel"), panel)
    assert datasets.available().loc["country_panel", "found"] == "UNIGAUGE_DATA"
    book = datasets.describe("country_panel")
    assert max(map(len, str(book).splitlines())) <= WIDTH
    assert "4 states and territories x 2000-2003" in str(book)
    text = " ".join(str(book).split())
    assert "from files of ISO Survey (1), Penn World Table (1), World Bank (5);" in text
    assert "Left out of World Bank: Channel Islands." in text
    data = book.plot_data()
    assert data.loc[2003, "iso9001_cert"] == 2
    assert book.plot().get_xlabel() == "year"


@pytest.mark.usefixtures("few_indicators")
def test_without_the_iso_survey_its_columns_are_left_out(build):
    with pytest.warns(UnigaugeWarning, match=r"iso9001_cert.*are not built.*--iso-survey"):
        panel = build(iso_survey=())
    assert not [name for name in panel.columns if name.startswith("iso")]
    assert "population" in panel.columns


@pytest.mark.usefixtures("few_indicators")
def test_a_single_workbook_and_a_local_table(build, survey, tmp_path):
    table = tmp_path / "pwt1001.xlsx"
    with pd.ExcelWriter(table) as writer:
        pd.DataFrame({"Legend": ["words"]}).to_excel(writer, sheet_name="Legend")
        penn_world_table().to_excel(writer, sheet_name="Data", index=False)
    panel = build(iso_survey=survey, penn_world_table_address=table)
    assert panel.loc[("DEU", 2003), "gdp_pc_real"] == 107 / 2


@pytest.mark.usefixtures("few_indicators")
def test_pages_are_put_together(build, sources):
    code = "SP.POP.TOTL"
    rows = rows_of(code)
    for number, part in ((1, rows[:7]), (2, rows[7:])):
        sources.files[path_of(code, number)] = page(
            part, number=number, pages=2, total=len(rows)
        )
    panel = build()
    assert panel["population"].loc["XKX"].tolist() == [
        value(code, "XKX", y) for y in (2001, 2002, 2003)
    ]


# ---------------------------------------------------------------------------
# What goes wrong


@pytest.mark.usefixtures("few_indicators")
def test_a_build_that_broke_off_goes_on(build, sources):
    first, *_, last = FEW.values()
    sources.troubles[path_of(last)] = [500] * 5
    with pytest.raises(DataError, match=r"answered 500 .*run the same again to go on"):
        build()
    before = len(sources.requests)
    panel = build()
    asked = [path for path, _ in sources.requests[before:]]
    assert asked == [path_of(last)]
    assert path_of(first) not in asked
    assert len(panel) == 15


@pytest.mark.usefixtures("few_indicators")
def test_offline_is_said_and_what_is_there_is_used(build, sources, tmp_path):
    panel = build()
    sources.close()
    pd.testing.assert_frame_equal(build(), panel)
    with pytest.raises(DataError, match="the machine may be offline"):
        build(refresh=True)
    pd.testing.assert_frame_equal(
        datasets.load("country_panel", source=tmp_path / "data"), panel
    )


@pytest.mark.usefixtures("few_indicators")
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            b"<html>Log in</html>",
            r"not what the World Bank.*'<html>Log in</html>'.*Nothing of it was kept",
        ),
        (b"", "not what the World Bank"),
        (b"{}", "not what the World Bank"),
        (b"[{}]", "not what the World Bank"),
        (page(rows_of("SP.POP.TOTL"))[:-40], "not what the World Bank"),
        (page([{"value": 1}]), "not what the World Bank"),
        (page(rows_of("SP.POP.TOTL")[:3], total=20), "3 rows came, 20 were announced"),
        (page(rows_of("IP.PAT.RESD")), r"not what the World Bank.*of it was kept"),
        (page(rows_of("SP.POP.TOTL")[:4] * 2), "AGO stands twice in 2000"),
        (
            json.dumps([{"message": [{"id": "120", "value": "Invalid value"}]}]).encode(),
            "the World Bank refuses: Invalid value",
        ),
    ],
)
def test_garbage_from_the_world_bank(build, sources, answer, message):
    sources.troubles[path_of("SP.POP.TOTL")] = [answer]
    with pytest.raises(DataError, match=message):
        build()
    if "kept" in message:
        assert len(build()) == 15


@pytest.mark.usefixtures("few_indicators")
def test_pages_of_different_versions(build, sources):
    code = "SP.POP.TOTL"
    rows = rows_of(code)
    sources.files[path_of(code, 1)] = page(rows[:7], pages=2, total=len(rows))
    later = page(rows[7:], number=2, pages=2, total=len(rows))
    sources.files[path_of(code, 2)] = later.replace(b"2026-10-01", b"2026-11-01")
    with pytest.raises(DataError, match=r"different versions \(2026-11-01, 2026-10-01\)"):
        build()


@pytest.mark.usefixtures("few_indicators")
def test_a_code_that_does_not_exist(build, sources):
    rows = rows_of("SP.POP.TOTL")
    rows[0]["countryiso3code"] = "QQQ"
    sources.files[path_of("SP.POP.TOTL")] = page(rows)
    with pytest.raises(
        DataError, match=r"World Bank, SP\.POP\.TOTL: 'QQQ' is no country of ISO 3166"
    ):
        build()
    assert "ABW" in build(countries={"QQQ": "ABW"}).index.unique("iso3")
    assert "AGO" in build(countries={"QQQ": None}).index.unique("iso3")
    with pytest.raises(DataError, match="population: DEU stands twice in 2000"):
        build(countries={"QQQ": "DEU"})


@pytest.mark.usefixtures("few_indicators")
def test_a_count_that_is_no_whole_number(build, sources):
    rows = rows_of("IP.PAT.RESD")
    rows[1]["value"] = 2.5
    sources.files[path_of("IP.PAT.RESD")] = page(rows)
    with pytest.raises(DataError, match=r"pat_resident of AGO in 2001 is .*2\.5"):
        build()


@pytest.mark.usefixtures("few_indicators")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>", "neither a Stata file nor an Excel workbook"),
        (stata(penn_world_table())[:900], "neither a Stata file nor an Excel workbook"),
        (stata(penn_world_table().drop(columns=["hc", "pop"])), "no column pop, hc"),
        (
            stata(pd.concat([penn_world_table()] * 2)),
            "AGO stands twice in 2000",
        ),
    ],
)
def test_garbage_instead_of_the_penn_world_table(
    build, sources, tmp_path, content, message
):
    sources.files["/pwt"] = content
    with pytest.raises(DataError, match=message):
        build()
    assert not (tmp_path / "data" / "downloads" / "penn_world_table_10.01").exists()


@pytest.mark.usefixtures("few_indicators")
def test_a_corrupted_download(build, tmp_path):
    build()
    kept = tmp_path / "data" / "downloads" / "world_bank" / "SP.POP.TOTL_2000-2003.1.json"
    kept.write_bytes(kept.read_bytes().replace(b"2001", b"2002"))
    with pytest.raises(
        DataError, match=r"SP\.POP\.TOTL_2000-2003\.1\.json is not what was downl"
    ):
        build()
    with pytest.warns(UnigaugeWarning, match="The old one is kept"):
        assert len(build(refresh=True)) == 15


@pytest.mark.usefixtures("few_indicators")
def test_a_built_file_that_was_changed(build, tmp_path):
    build()
    file = tmp_path / "data" / "country_panel.csv"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"Angola", b"Angora"))
    with pytest.raises(DataError, match="the content is not the one that was checked"):
        datasets.load("country_panel", source=tmp_path / "data")
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"rows, 15 are expected|columns are|must be"):
        datasets.load("country_panel", source=tmp_path / "data")
    file.write_bytes(whole)
    record = tmp_path / "data" / "country_panel.build.json"
    said = json.loads(record.read_text())
    for spoilt in ({}, [], {**said, "sources": [{}]}, {**said, "sources": 3}):
        record.write_text(json.dumps(spoilt))
        with pytest.raises(DataError, match=r"build\.json is not the record of a build"):
            datasets.load("country_panel", source=tmp_path / "data")


@pytest.mark.usefixtures("few_indicators")
def test_a_missing_workbook_is_said_before_anything_is_fetched(build, sources, tmp_path):
    with pytest.raises(DataError, match=r"absent\.xlsx cannot be opened"):
        build(iso_survey=[tmp_path / "absent.xlsx"])
    assert sources.requests == []
    with pytest.raises(DataError, match=r"absent\.dta cannot be opened"):
        build(penn_world_table_address=tmp_path / "absent.dta")
    assert sources.requests == []


def test_a_file_that_was_not_built_is_not_overwritten(build, sources, tmp_path):
    file = tmp_path / "data" / "country_panel.csv"
    file.parent.mkdir()
    file.write_text("precious")
    with pytest.raises(InputError, match=r"country_panel\.csv is there, .*another folder"):
        build()
    assert file.read_text() == "precious"
    assert sources.requests == []


def test_a_folder_that_cannot_be_made(build, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match=r"folder is '.*taken', which cannot be made"):
        build(folder=tmp_path / "taken")


def test_what_cannot_be_built(tmp_path):
    with pytest.raises(
        InputError, match="eu_tris_dyads cannot be built, as only country_p"
    ):
        datasets.build("eu_tris_dyads", folder=tmp_path)
    with pytest.raises(InputError, match="Did you mean 'country_panel'"):
        datasets.build("country_panels", folder=tmp_path)
    with pytest.raises(InputError, match=r"years\[1\] is 1999; .* at least 2003"):
        datasets.build("country_panel", folder=tmp_path, years=(2003, 1999))


# ---------------------------------------------------------------------------
# The command


@pytest.fixture
def command(capsys):
    """Run ``unigauge data``; return exit code, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(["data", *arguments])
        except SystemExit as end:  # argparse's way to complain
            code = int(end.code)
        return code, *capsys.readouterr()

    return run


def test_the_command_builds(command, sources, survey, tmp_path):
    code, out, errors = command(
        *("build", "country_panel", "--folder", str(tmp_path / "data")),
        *("--iso-survey", str(survey), "--years", "2000", "2003"),
        *("--world-bank", f"{sources.address}/v2"),
        *("--penn-world-table", f"{sources.address}/pwt"),
    )
    assert (code, errors) == (0, "")
    assert max(map(len, out.splitlines())) <= WIDTH
    text = " ".join(out.split())
    assert "country_panel: 15 rows and 22 columns" in text
    assert "In 2003 the ISO Survey counts ISO 9001" in text
    assert "Left out of World Bank: Channel Islands." in text
    code, out, _ = command("show", "country_panel", "--source", str(tmp_path / "data"))
    assert code == 0
    assert "4 states and territories x 2000-2003" in out


def test_the_command_says_what_is_missing(command, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    code, out, errors = command(
        *("build", "country_panel", "--folder", str(tmp_path / "data")),
        *("--world-bank", nowhere, "--attempts", "1"),
    )
    assert (code, out) == (1, "")
    assert max(map(len, errors.splitlines())) <= WIDTH
    text = " ".join(errors.split())
    assert "Note: No workbook of the ISO Survey was named" in text
    assert "the machine may be offline" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--country", "Atlantis"], "--country is 'Atlantis'; it must be NAME=CODE"),
        (["--country", "=PRT"], "--country is '=PRT'"),
        (["--attempts", "0"], "attempts is 0"),
        (["--years", "2003", "1999"], "years[1] is 1999"),
        (["--years", "2003"], "expected 2 arguments"),
    ],
)
def test_the_command_refuses(command, arguments, message):
    code, out, errors = command("build", "country_panel", *arguments)
    assert (code, out) == (2, "")
    assert message in " ".join(errors.split())


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (None, "Now UNIGAUGE_DATA is not set."),
        ("", "Now UNIGAUGE_DATA is not set."),
        ("/no/such/folder", "Now UNIGAUGE_DATA names /no/such/folder, which is no folder."),
    ],
)
def test_the_list_says_how_to_get_the_rest(command, monkeypatch, named, said):
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    if named is not None:
        monkeypatch.setenv("UNIGAUGE_DATA", named)
    code, out, _ = command("list")
    assert code == 0
    assert said in " ".join(out.split())
    assert "unigauge data build country_panel" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= WIDTH
