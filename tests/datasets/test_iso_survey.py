"""Workbooks of the ISO Survey are read in both layouts, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from unigauge.datasets.builders.country_codes import code_of, name_of, words
from unigauge.datasets.builders.iso_survey import read_survey
from unigauge.errors import DataError


def write(file: Path, sheets: dict[str, list[list[object]]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(file)
    return file


AFRICA = [
    ["ISO 9001 - Africa"],
    ["Year", 2002, 2003, 2004],
    ["Country", 2002, 1998, 2001],  # totals that look like years
    ["Angola", 1, None, 3],
    ["Côte d'Ivoire", "-", 7, 8],
    ["Congo (Democratic Republic of the)", 0, "n/a", 2],
]
ASIA = [
    ["ISO 9001 - East Asia and Pacific", None],
    [None, None],
    ["Year", 2002, 2003, 2004],
    ["Country", 100, 200, 300],
    ["Korea, Republic of", 10, 20, 30],
    ["Taipei, Chinese", 4, 5, 6],
    ["* Estimated"],
    ["Source: ISO"],
]
WORLD = [
    ["ISO 9001 - World results"],
    ["Year", 2002, 2003, 2004],
    ["World", 1000, 1100, 1200],
    ["Africa", 1, 2, 3],
    ["Central / South America", 1, 2, 3],
    ["Annual growth in %", 0.1, 0.2, 0.3],
]
SECTORS = [
    ["EA* Code Nos.", "ISO 9001 BY INDUSTRIAL SECTOR", 2002, 2003, 2004],
    [1, "Agriculture, fishing", 5, 6, 7],
]


@pytest.fixture
def history(tmp_path) -> Path:
    sheets = {"World": WORLD, "Africa": AFRICA, "Asia": ASIA, "Sectors": SECTORS}
    return write(tmp_path / "ISO_9001_data_per_country_2002_to_2004.xlsx", sheets)


def yearly(tmp_path: Path, sheets: dict[str, list[list[object]]] | None = None) -> Path:
    names = ("ISO 9001", "ISO 14001", "ISO IEC 27001", "ISO 50001")
    default = {
        name: [
            [f"{name}:2015"],
            ["Country", "certificates", "sites", None, "Sector", "Number"],
            ["Angola", 10 + place, 99, None, "Agriculture", 4],
            ["Korea (Republic of)", None, 99, None, "Fishing", 5],
            ["Kosovo", 3, 99, None, None, None],
            ["Netherlands Antilles", 1, 1, None, None, None],
            ["Total", 1000, 2000, None, None, None],
        ]
        for place, name in enumerate(names)
    }
    return write(tmp_path / "ISO_Survey_2018_results.xlsx", sheets or default)


def test_the_history_by_region(history):
    survey = read_survey([history])
    assert list(survey.frame.columns) == ["iso9001_cert"]
    found = survey.frame["iso9001_cert"].to_dict()
    assert found == {
        ("AGO", 2002): 1,
        ("AGO", 2004): 3,
        ("CIV", 2003): 7,
        ("CIV", 2004): 8,
        ("COD", 2002): 0,
        ("COD", 2004): 2,
        ("KOR", 2002): 10,
        ("KOR", 2003): 20,
        ("KOR", 2004): 30,
        ("TWN", 2002): 4,
        ("TWN", 2003): 5,
        ("TWN", 2004): 6,
    }
    assert [sentence[:8] for sentence in survey.breaks] == ["In 2003 "]
    assert survey.left_out == []


def test_a_year_of_all_standards(tmp_path):
    survey = read_survey([yearly(tmp_path)])
    assert list(survey.frame.columns) == ["iso9001_cert", "iso14001_cert", "iso27001_cert"]
    assert survey.frame.loc[("AGO", 2018)].tolist() == [10, 11, 12]
    assert set(survey.frame.index) == {("AGO", 2018), ("XKX", 2018)}  # a blank is no 0
    assert survey.left_out == ["Netherlands Antilles"]
    assert "From 2018 on the ISO Survey counts sites apart" in survey.breaks[0]


def test_workbooks_join(tmp_path, history):
    survey = read_survey([history, yearly(tmp_path)])
    angola = survey.frame["iso9001_cert"].loc["AGO"].dropna()
    assert angola.to_dict() == {2002: 1, 2004: 3, 2018: 10}
    assert len(survey.breaks) == 2


def test_renamed_sheets_are_known_by_their_title(tmp_path, history):
    renamed = write(
        tmp_path / "survey.xlsx", {"Tabelle1": AFRICA, "Tabelle2": ASIA, "Tabelle3": WORLD}
    )
    ours, theirs = read_survey([renamed]).frame, read_survey([history]).frame
    assert ours.equals(theirs)


def test_renamed_sheets_without_a_title_are_an_error(tmp_path):
    rows = [["Country", "certificates"], ["Angola", 3]]
    file = write(tmp_path / "survey 2019.xlsx", {"Tabelle1": rows})
    with pytest.raises(
        DataError, match=r"sheet 'Tabelle1': a table of countries, but .* of which standard"
    ):
        read_survey([file])
    file = write(tmp_path / "ISO 9001 in 2019.xlsx", {"Tabelle1": rows})
    assert read_survey([file]).frame["iso9001_cert"].to_dict() == {("AGO", 2019): 3}


def test_a_year_must_be_named(tmp_path):
    rows = [["ISO 9001:2015"], ["Country", "certificates"], ["Angola", 3]]
    file = write(tmp_path / "survey.xlsx", {"Tabelle1": rows})
    with pytest.raises(DataError, match="Put the year into the file's name"):
        read_survey([file])
    rows = [["Valid at the end of 2019"], *rows]
    file = write(tmp_path / "survey.xlsx", {"Tabelle1": rows})
    assert read_survey([file]).frame["iso9001_cert"].to_dict() == {("AGO", 2019): 3}


def test_no_table_at_all(tmp_path):
    file = write(tmp_path / "survey 2019.xlsx", {"Notes": [["Hello"]], "More": [["x", 1]]})
    with pytest.raises(
        DataError, match=r"no table .* on the sheets 'Notes', 'More'.*begins with a line"
    ):
        read_survey([file])


def test_only_other_standards(tmp_path):
    rows = [["Country", "certificates"], ["Angola", 3]]
    file = write(tmp_path / "survey 2019.xlsx", {"ISO 50001": rows})
    with pytest.raises(DataError, match="no certificates to ISO 9001, ISO 14001 or"):
        read_survey([file])


def test_a_country_that_does_not_exist(tmp_path):
    rows = [["Country", "certificates"], ["Angola", 3], ["Atlantis", 4]]
    file = write(tmp_path / "survey 2019.xlsx", {"ISO 9001": rows})
    with pytest.raises(
        DataError,
        match=r"sheet 'ISO 9001', line 3: 'Atlantis' is no country.*'Atlantis': None",
    ):
        read_survey([file])
    survey = read_survey([file], {"Atlantis": None})
    assert survey.left_out == ["Atlantis"]
    survey = read_survey([file], {"Atlantis": "PRT"})
    assert survey.frame.loc[("PRT", 2019), "iso9001_cert"] == 4
    with pytest.raises(DataError, match="'Atlantis' is 'ATL', which is no code"):
        read_survey([file], {"Atlantis": "ATL"})


@pytest.mark.parametrize(
    ("sheet", "title"),
    [
        ("ISO 20000-1", "ISO/IEC 20000-1:2018"),
        ("ISO 19600", "ISO 19600: 2014"),
        ("Tabelle1", "ISO 22301 - 2012 edition"),
    ],
)
def test_other_standards_are_not_mistaken(tmp_path, sheet, title):
    rows = [[title], ["Country", "certificates"], ["Angola", 3]]
    ours = [["ISO/IEC 27001: 2013"], ["Country", "certificates"], ["Angola", 7]]
    file = write(tmp_path / "ISO_9001_and_others_2019.xlsx", {sheet: rows, "x": ours})
    survey = read_survey([file])
    assert survey.frame.to_dict() == {"iso27001_cert": {("AGO", 2019): 7}}


@pytest.mark.parametrize("cell", ["many", -3, 2.5, "1.234"])
def test_what_is_no_count(tmp_path, cell):
    rows = [["Country", "certificates"], ["Angola", cell]]
    file = write(tmp_path / "survey 2019.xlsx", {"ISO 9001": rows})
    with pytest.raises(DataError, match=r"line 2: .* stands where a number of cert"):
        read_survey([file])


@pytest.mark.parametrize("cell", ["1,234", "1 234", 1234.0, "1234"])
def test_ways_to_write_a_count(tmp_path, cell):
    rows = [["Country", "certificates"], ["Angola", cell]]
    file = write(tmp_path / "survey 2019.xlsx", {"ISO 9001": rows})
    assert read_survey([file]).frame["iso9001_cert"].tolist() == [1234]


def test_two_counts_of_one_country(tmp_path):
    rows = [["Country", "certificates"], ["Angola", 3], ["Republic of Angola", 4]]
    file = write(tmp_path / "survey 2019.xlsx", {"ISO 9001": rows})
    with pytest.raises(
        DataError, match=r"AGO has 3 certificates to ISO 9001 in 2019 \(.*line 2.* and 4"
    ):
        read_survey([file])
    rows[2][1] = 3
    write(file, {"ISO 9001": rows})
    assert read_survey([file]).frame["iso9001_cert"].tolist() == [3]


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 cut off"])
def test_what_is_no_workbook(tmp_path, content):
    file = tmp_path / "survey.xlsx"
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"survey\.xlsx is no Excel workbook"):
        read_survey([file])
    with pytest.raises(DataError, match=r"absent\.xlsx cannot be opened: No such file"):
        read_survey([tmp_path / "absent.xlsx"])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Korea (Democratic People's Republic of)", "PRK"),
        ("Hong Kong, China", "HKG"),
        ("Macedonia (the former Yugoslav Republic of)", "MKD"),
        ("Saint Lucia", "LCA"),
        ("St. Lucia", "LCA"),
        ("Trinidad & Tobago", "TTO"),
        ("Guinea", "GIN"),
        ("Niger", "NER"),
        ("Congo", "COG"),
        ("Cabo Verde", "CPV"),
        ("Swaziland", "SWZ"),
        ("Türkiye", "TUR"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("Kosovo", "XKX"),
        ("XKX", "XKX"),
        ("DEU", "DEU"),
        ("Serbia and Montenegro", None),
        ("Channel Islands", None),
    ],
)
def test_names_of_countries(name, code):
    assert code_of(name, {}, "here") == code


def test_names_are_told_apart():
    import pycountry

    assert name_of("KOR") == "South Korea"
    assert words("Guinea-Bissau") != words("Guinea")
    seen: dict[frozenset[str], str] = {}
    for country in pycountry.countries:
        for name in {country.name, getattr(country, "official_name", country.name)}:
            assert seen.setdefault(words(name), country.alpha_3) == country.alpha_3
            assert code_of(name, {}, "here") == country.alpha_3
