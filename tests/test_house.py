"""The house rules: who may import whom, names, weight of the import, the wheel."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import unigauge

ROOT = Path(__file__).resolve().parents[1]
WINGS = ("models", "estimation", "datasets", "papers", "lectures")
GROUND = {"errors", "results", "sweeps", "two_way_map"}
ALLOWED = {
    "models": GROUND | {"models"},
    "estimation": GROUND | {"estimation"},
    "datasets": GROUND | {"datasets"},
    "papers": GROUND | {"papers", "models", "estimation", "datasets"},
    "lectures": GROUND | {"lectures", "papers", "models", "estimation", "datasets"},
}
HEAVY = {
    "formulaic",
    "joblib",
    "linearmodels",
    "marimo",
    "matplotlib",
    "nashpy",
    "networkx",
    "openpyxl",
    "pandas",
    "pycountry",
    "pyfixest",
    "requests",
    "scipy",
    "statsmodels",
    "tqdm",
}


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(file: Path) -> set[str]:
    """Return the full names of all modules that a file imports, wherever it does."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: import absolutely"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
            names.add(str(node.module))
    return names


@pytest.mark.parametrize("folder", list(ALLOWED))
def test_wings_do_not_import_one_another(folder: str) -> None:
    assert sources(folder)
    for file in sources(folder):
        parts = {
            name.split(".")[1]
            for name in imported(file)
            if name.startswith("unigauge.") and name.split(".")[1] != "__version__"
        }
        assert parts <= ALLOWED[folder], f"{file} imports {parts - ALLOWED[folder]}"


def test_only_the_command_line_imports_wings() -> None:
    for file in sorted((ROOT / "src" / "unigauge").glob("*.py")):
        if file.name == "__init__.py":
            continue  # names them for type checkers; they load when they are asked for
        inside = {n for n in imported(file) if n.startswith("unigauge.")}
        wings = {n.split(".")[1] for n in inside} & set(WINGS)
        assert not wings or file.name == "cli.py", f"{file.name} imports {wings}"


def test_no_module_bears_a_public_functions_name() -> None:
    for wing in WINGS:
        package = importlib.import_module(f"unigauge.{wing}")
        modules = {m.name for m in pkgutil.iter_modules(package.__path__)}
        for name in package.__all__:
            public = getattr(package, name)
            if name in modules:
                assert type(public).__name__ == "module", f"{wing}.{name}"
        assert set(package.__all__) <= set(dir(package))


def test_everything_public_has_a_docstring_with_an_example() -> None:
    for wing in ("models", "estimation", "datasets"):
        package = importlib.import_module(f"unigauge.{wing}")
        for name in package.__all__:
            text = getattr(package, name).__doc__ or ""
            assert text.strip(), f"{wing}.{name} has no docstring"
            if callable(getattr(package, name)) and name[0].islower():
                assert ">>> " in text, f"{wing}.{name} has no example"


@pytest.mark.parametrize("module", ["unigauge", *(f"unigauge.{wing}" for wing in WINGS)])
def test_imports_are_light(module: str) -> None:
    script = (
        f"import sys; before = set(sys.modules); import {module}; import json;"
        "print(json.dumps(sorted({m.split('.')[0] for m in set(sys.modules) - before})))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not set(json.loads(run.stdout)) & HEAVY


def test_wings_are_attributes_of_the_package() -> None:
    script = "import unigauge as ug; print(ug.datasets.__name__, ug.models.delocation.REGIMES[0])"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["unigauge.datasets", "laissez_faire"]


def test_an_unknown_name_of_a_wing_is_an_attribute_error() -> None:
    for wing in WINGS:
        package = importlib.import_module(f"unigauge.{wing}")
        with pytest.raises(AttributeError, match="no_such_name"):
            package.no_such_name  # noqa: B018


def tracked(*folders: str) -> set[str]:
    command = ["git", "-C", str(ROOT), "ls-files", "--", *folders]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so the tracked files are not known")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}


@pytest.mark.slow
def test_the_wheel_holds_the_tracked_files_and_only_unigauge(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("unigauge-*.whl")
    names = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    expected = {f"unigauge/{name}" for name in tracked(*WINGS)}
    expected |= {name.removeprefix("src/") for name in tracked("src/unigauge")}
    assert names == expected


def test_version_is_the_packages() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert unigauge.__version__ == project["version"]


def test_plain_datasets_is_refused_from_the_repository_root() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, '.'); import datasets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "source folder of unigauge.datasets" in run.stderr
