"""Holds `countermark certificate …` to its exit codes and words: 0 genuine, 1 not, 2 wrong usage."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from pipelines.command_line import main
from tests.small_home import COUNTER, HEAD, OFFICER, SmallHome, small_home

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallHome]:
    with small_home(tmp_path) as made:
        made.check()
        made.sign()
        yield made


@pytest.fixture
def run(world: SmallHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`countermark certificate` with these words; returns exit code and what was said. `at=None` names no home."""
    monkeypatch.setenv("COUNTERMARK_HOME", str(world.home.path / "elsewhere"))

    def certificate(*words: object, at: Path | None = world.home.path) -> tuple[int, str]:
        home = ["--home", str(at)] if at else []
        monkeypatch.setattr(sys, "argv", ["countermark", "certificate", *map(str, words), *home])
        with pytest.raises(SystemExit) as ended:
            main()
            raise SystemExit(0)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return certificate


@pytest.fixture
def id_(world: SmallHome) -> str:
    return world.ledger.certificates()[0].id


def test_what_is_exported_verifies_and_what_was_changed_does_not(run: Run, id_: str, tmp_path: Path) -> None:
    file, pem = tmp_path / "PP1.certificate.json", tmp_path / "keys.pem"
    assert run("export", id_, "--out", file) == (0, f"Written: {file}\n")
    code, said = run("verify", file)
    assert code == 0 and "Genuine" in said and "It still stands." in said and id_ in said
    assert run("keys", "--out", pem)[0] == 0
    code, said = run("verify", file, "--public-key", pem, at=None)
    assert code == 0 and "only the council's own records" in said
    code, said = run("verify", file, at=None)
    assert code == 1 and "whose key" in said and id_ not in said
    file.write_text(file.read_text().replace("75.0%", "95.0%"))
    code, said = run("verify", file)
    assert (code, said) == (1, "Not genuine: altered or damaged since it was signed.\n")


def test_verify_says_what_became_of_it(run: Run, id_: str, tmp_path: Path, world: SmallHome) -> None:
    file = tmp_path / "PP1.certificate.json"
    run("export", id_, "--out", file)
    code, said = run("withdraw", id_, "--reason", "the wrong month", "--by", HEAD)
    assert code == 0 and f"Withdrawn: {id_}" in said
    code, said = run("verify", file)
    assert code == 1 and "Genuine" in said and "withdrawn on" in said and "The wrong month." in said
    code, said = run("withdraw", id_, "--reason", "again", "--by", HEAD)
    assert code == 2 and "nothing to withdraw" in said
    code, said = run("list")
    assert code == 0 and "Withdrawn" in said and "performance officer: check it" in said


def test_another_councils_key_is_not_ours(run: Run, id_: str, tmp_path: Path) -> None:
    file, pem = tmp_path / "PP1.certificate.json", tmp_path / "other.pem"
    run("export", id_, "--out", file)
    (tmp_path / "other").mkdir()
    assert run("keys", "--out", pem, at=tmp_path / "other")[0] == 0
    code, said = run("verify", file, "--public-key", pem, at=None)
    assert (code, said) == (1, "Not genuine: signed with another key.\n")
    assert run("verify", file, at=tmp_path / "other")[0] == 1


def test_show_says_everything_and_names_for_officers_alone(run: Run, id_: str) -> None:
    code, said = run("show", id_)
    assert code == 0
    for word in ("75.0%", "3 of 4 children", "It still stands.", "Reconciled", HEAD, OFFICER, COUNTER, id_):
        assert word in said
    code, said = run("show", id_.lower(), "--audience", "leader")
    assert code == 0 and HEAD not in said and "Director of children's services" in said


def test_the_page_is_a_pdf(run: Run, id_: str, tmp_path: Path) -> None:
    assert run("export", id_, "--out", tmp_path / "a.pdf")[0] == 0
    run("withdraw", id_, "--reason", "the wrong month", "--by", HEAD)
    assert run("export", id_, "--out", tmp_path / "b.pdf")[0] == 0
    before, after = (PdfReader(tmp_path / name).pages[0].extract_text() for name in ("a.pdf", "b.pdf"))
    assert "75.0%" in before and "withdrawn" not in before.replace("withdraws", "") and "The wrong month" in after


def test_a_new_key_and_old_certificates(run: Run, id_: str, tmp_path: Path) -> None:
    file = tmp_path / "PP1.certificate.json"
    run("export", id_, "--out", file)
    code, said = run("rotate-key", "--by", "Ada Admin", "--reason", "once a year")
    assert code == 0 and "from now on" in said
    code, said = run("verify", file)
    assert code == 0 and "retired on" in said
    code, said = run("keys")
    assert code == 0 and said.count("BEGIN PUBLIC KEY") == 2 and "PRIVATE" not in said
    assert run("rotate-key", "--by", " ", "--reason", "x")[0] == 2


def test_wrong_usage_is_two(run: Run, id_: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for words in (
        ("export", id_, "--out", tmp_path / "x.docx"), ("export", "C0", "--out", tmp_path / "x.pdf"), ("show", "C0"),
        ("show", id_, "--audience", "public"), ("verify", nowhere), ("withdraw", id_, "--reason", " ", "--by", HEAD),
        ("withdraw", id_, "--reason", "why", "--by", "Nobody Known"),
    ):  # fmt: skip
        assert run(*words)[0] == 2, words
    (tmp_path / "x.certificate.json").write_text("{}")
    assert run("verify", tmp_path / "x.certificate.json", at=nowhere)[0] == 2
    assert run("verify", tmp_path / "x.certificate.json", "--public-key", tmp_path / "x.certificate.json")[0] == 2
    assert run("verify", tmp_path / "x.certificate.json")[0] == 1
