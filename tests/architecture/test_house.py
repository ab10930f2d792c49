"""Holds the house to its plan: rooms, file sizes, docstrings, nothing of one machine or registry, pages in step with definitions,
and a wheel that works from any folder.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
GIVEN = {"pyproject.toml", "pipelines", "assets", "expectations", "sql", "tests", "workspace.yaml", "README.md"}
ADDED = {
    "countermark", "web", "docs", "bench", "tools", "Makefile", "requirements.lock", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
    ".ci", ".gitignore", ".gitattributes", ".sqlfluff", "alembic.ini",
}  # fmt: skip
PACKAGES = ("countermark", "assets", "expectations", "pipelines")
MOST_LINES = {".py": 300, ".sql": 120}
MOST_IN_TESTS = 450  # a test file is a list of cases, and more of them is better
# What names one machine or one source of packages. Written in parts, so that this file does not hold them itself.
FOREIGN = [
    "/".join(["", "work", ""]), "/".join(["", "home", "runner"]), "pypi" + ".org", "files.python" + "hosted", "index" + "-url",
    "find" + "-links", "/" + "root/",
]  # fmt: skip
MAY_NAME_OPTIONS = {"Makefile"}  # it refuses a lock that holds them


@lru_cache
def tracked() -> tuple[str, ...]:
    """Every file that is under version control and there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone: the list of files is not known")
    return tuple(name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file())


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def test_the_given_rooms_are_there_and_no_unknown_one() -> None:
    top = {name.split("/")[0] for name in tracked()}
    assert top >= GIVEN - {"README.md"} and (ROOT / "README.md").is_file()
    assert top <= GIVEN | ADDED, (
        f"say in docs/architecture.md what {sorted(top - GIVEN - ADDED)} is for, then name it here"
    )


def test_files_stay_readable() -> None:
    long = [
        f"{name}: {lines} lines"
        for name in tracked()
        if (most := MOST_IN_TESTS if name.startswith("tests/") else MOST_LINES.get(Path(name).suffix))
        and Path(name).suffix in MOST_LINES
        and (lines := text_of(ROOT / name).count("\n")) > most
    ]
    assert not long, f"split these: {long}"


def test_folders_stay_shallow() -> None:
    deep = [name for name in tracked() if name.count("/") > 4]
    assert not deep


def test_packages_hold_no_wiring() -> None:
    for path in python_files(*PACKAGES):
        if path.name == "__init__.py":
            body = ast.parse(text_of(path)).body
            assert len(body) == 1 and isinstance(body[0], ast.Expr), (
                f"{path.relative_to(ROOT)} is more than a docstring"
            )


def public(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Functions, classes and methods that others may use, by name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")


def test_everything_public_says_what_it_is() -> None:
    silent = []
    for path in python_files(*PACKAGES, "tools"):
        tree = ast.parse(text_of(path))
        place = path.relative_to(ROOT).as_posix()
        silent += [] if ast.get_docstring(tree) or not text_of(path).strip() else [place]
        silent += [f"{place}: {name}" for name, node in public(tree) if not ast.get_docstring(node)]  # type: ignore[arg-type]
    assert not silent


def test_nothing_names_a_machine_or_a_registry() -> None:
    found = []
    for name in tracked():
        raw = (ROOT / name).read_bytes()
        if b"\0" in raw[:4096]:
            continue
        text = raw.decode("utf-8", "replace")
        sought = [word for word in FOREIGN if not (name in MAY_NAME_OPTIONS and "-" in word)]
        found += [f"{name} names {word}" for word in sought if word in text]
    assert not found


def test_the_lock_pins_everything_by_hash_for_every_platform() -> None:
    lines = text_of(ROOT / "requirements.lock").splitlines()
    pins = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert len(pins) > 50
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", pin) for pin in pins)
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line in pins:
            assert following.strip().startswith("--hash=sha256:"), line
    declared = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    wanted = [*declared["dependencies"], *declared["optional-dependencies"]["dev"]]
    names = {re.split(r"[=\[ ]", pin)[0] for pin in pins}
    missing = {re.split(r"[<>=\[; ]", want)[0].lower().replace("_", "-") for want in wanted} - names
    assert not missing, "run `make lock`"
    assert any("sys_platform == 'win32'" in pin for pin in pins)


def test_pages_are_in_step_with_definitions() -> None:
    looked = subprocess.run(
        [sys.executable, ROOT / "tools" / "build_docs.py", "--check"], capture_output=True, text=True, check=False
    )
    assert looked.returncode == 0, looked.stdout + looked.stderr


def test_links_between_pages_lead_somewhere() -> None:
    dead = []
    for name in tracked():
        if name.endswith(".md"):
            page = ROOT / name
            for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text_of(page)):
                dead += [] if (page.parent / target).exists() else [f"{name}: {target}"]
    assert not dead


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in text_of(ROOT / "CHANGELOG.md")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer lays it out."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [BIN / "hatchling", "build", "-t", "wheel", "-d", out / "dist"], cwd=ROOT, check=True, capture_output=True
    )
    (built,) = (out / "dist").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(out / "installed")
    return out / "installed"


def test_the_wheel_carries_definitions_and_no_tests(wheel: Path) -> None:
    names = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*") if path.is_file()}
    ours = {name for name in tracked() if name.split("/")[0] in {*PACKAGES, "sql"}}
    assert ours <= names, f"missing: {sorted(ours - names)[:5]}"
    assert not [name for name in names if name.split("/")[0] in {"tests", "tools", "bench", "docs"}]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """Run from a folder outside the project; our packages come from the wheel alone, all others from this environment."""
    site = os.pathsep.join([str(wheel), *(entry for entry in sys.path if entry.endswith("site-packages"))])
    environment = {**os.environ, "PYTHONPATH": site, "PYTHONSAFEPATH": "1", "COUNTERMARK_HOME": str(tmp_path / "home")}
    environment.pop("COUNTERMARK_DEFINITIONS", None)
    script = (
        "import json, countermark, sys\n"
        "from countermark.contracts.catalogue import load\n"
        "found = load()\n"
        "print(json.dumps([countermark.__file__, len(found.indicators), len(found.rules), len(found.reasons), len(found.contracts)]))\n"
    )
    # -S leaves out site-packages and with it an editable installation of this very folder
    asked = subprocess.run(
        [sys.executable, "-S", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    where, indicators, rules, reasons, contracts = json.loads(asked.stdout)
    assert Path(where).is_relative_to(wheel)
    assert indicators >= 15 and rules >= 30 and reasons >= 13 and contracts >= 13
    start = "import sys; from pipelines.command_line import main; sys.argv = ['countermark', '--help']; main()"
    helped = subprocess.run(
        [sys.executable, "-S", "-c", start], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert helped.returncode == 0 and "sample" in helped.stdout, helped.stderr
    assert not (tmp_path / "home").exists(), "asking for help writes nothing"
