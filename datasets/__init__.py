"""Data with provenance.

* :func:`available`: what there is, and where it was found;
* :func:`describe`: the codebook of one data set, with its cautions;
* :func:`load`: one data set as a data frame, checked against its codebook.
"""

from __future__ import annotations

if __name__ == "datasets":
    raise ImportError(
        "`import datasets` found the source folder of unigauge.datasets because the "
        "repository root is on sys.path. Run from another folder, or use `python -P`."
    )

from unigauge.datasets.codebook import Codebook, describe
from unigauge.datasets.loading import available, load
from unigauge.datasets.registry import Column, Dataset

__all__ = ["Codebook", "Column", "Dataset", "available", "describe", "load"]
