"""Two studies of agreements: claims come out, conditions fail, pictures show."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "papers"
PAPERS = ("recognition_and_fragmentation", "national_treatment_or_mutual_recognition")


@pytest.mark.parametrize("key", PAPERS)
def test_regime_claims_name_their_demand(key: str) -> None:
    claims = tomllib.loads((ROOT / key / "expected.toml").read_text(encoding="utf-8"))
    named = ("linear demand", "hotelling demand", "no demand involved")
    for name, claim in claims.items():
        free = name == "agreements_tell_the_shape"  # a count of agreements, no market
        assert free or any(word in claim["statement"].lower() for word in named), name


@pytest.mark.parametrize("key", PAPERS)
def test_stated_numbers_are_read_not_written(key: str) -> None:
    for file in (ROOT / key).glob("*.py"):
        words = file.read_text(encoding="utf-8").replace("(", " ").replace(")", " ").split()
        assert not {"108", "108,", "65", "65,"} & set(words), file.name
