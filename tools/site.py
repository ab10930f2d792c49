"""The documentation as a static site: every page of docs/, and besides a page for each rule, each reason and each definition's file.

`python tools/site.py FOLDER` builds it into a folder that any web server or file share can hold; nothing in it asks another host.
`--check` builds it into a folder that is thrown away. Either fails where a page links to nothing or a generated page is out of step.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from tools import build_docs
from tools.site_pages import LANGUAGES, own_pages

DOCS = SHIPPED / "docs"
STYLE = SHIPPED / "tools" / "site.css"
LINK = re.compile(r"(?P<before>\]\()(?P<to>[^)#\s:]+)(?P<anchor>#[^)\s]*)?\)")
GUIDES = (
    "deliveries", "trackers", "prefilled", "workbook", "census", "ssda903", "databases", "workforce", "certification", "desk", "leaders",
    "inspection",
    "board-pack", "authority", "operations", "onward", "compare", "suppression", "purge", "access", "real-files", "invented-authority",
)  # fmt: skip


def pages(catalogue: Catalogue, docs: Path = DOCS) -> dict[str, str]:
    """Every page of the site by its place: docs/ as it is, README as the first, the pages of its own, and files that are linked to."""
    found = {path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8") for path in sorted(docs.rglob("*.md"))}
    linked: dict[str, str] = {}
    made = {name: _with_links(text, docs / name, linked) for name, text in found.items()}
    made["index.md"] = _with_links(
        (SHIPPED / "README.md").read_text(encoding="utf-8"), docs.parent / "README.md", linked
    )
    made |= own_pages(catalogue, made)
    return made | linked


def _with_links(text: str, path: Path, linked: dict[str, str]) -> str:
    """A page's text, its links led to where they are in the site; `linked` gets a page for each file that lies outside docs/."""
    own = DOCS / path.name if path.name == "README.md" and path.parent == DOCS.parent else path

    def led(match: re.Match[str]) -> str:
        target = (path.parent / match["to"]).resolve()
        if not target.is_relative_to(SHIPPED):
            return match[0]
        inside = target.is_relative_to(DOCS)
        place = target.relative_to(DOCS) if inside else _page_of(target, linked)
        if place is None:
            return match[0]
        up = len(own.relative_to(DOCS).parts) - 1
        return f"{match['before']}{'../' * up}{place.as_posix()}{(match['anchor'] or '') if inside else ''})"

    return LINK.sub(led, text)


def _page_of(target: Path, linked: dict[str, str]) -> Path | None:
    """The page that shows a file of the project; None where there is no such file."""
    if not target.exists():
        return None
    relative = target.relative_to(SHIPPED)
    place = Path("files") / f"{relative.as_posix()}.md"
    if place.as_posix() not in linked:
        linked[place.as_posix()] = "\n".join(_shown(target, relative.as_posix())) + "\n"
    return place


def _shown(target: Path, name: str) -> Iterator[str]:
    yield f"# {name}"
    yield ""
    files = sorted(path for path in target.iterdir() if path.is_file()) if target.is_dir() else [target]
    for path in files:
        if path.suffix in LANGUAGES or path.name == "Makefile":
            yield f"`{path.name}`"
            yield ""
            yield f"````{LANGUAGES.get(path.suffix, '')}"
            yield path.read_text(encoding="utf-8").rstrip()
            yield "````"
            yield ""


def settings(folder: Path, out: Path, names: Iterable[str]) -> str:
    """The site's mkdocs.yml."""
    there = set(names)
    menu = [
        ("First", ["index.md"]),
        ("Figures", ["indicators.md", "findings.md"]),
        ("Guides", [f"{name}.md" for name in GUIDES]),
        ("Sources", ["sources.md", *sorted(name for name in there if name.startswith("sources/"))]),
        ("Rules and reasons", ["rules.md", "reasons.md", "pairs.md"]),
        ("How it is built", ["architecture.md", "data-model.md", "glossary.md", "adr/README.md"]),
        ("Measured", sorted(name for name in there if name.startswith("benchmarks"))),
    ]
    lines = [
        "site_name: countermark",
        f"docs_dir: {folder.as_posix()}",
        f"site_dir: {out.as_posix()}",
        "use_directory_urls: false",  # opens from a file share as well
        "theme: {name: readthedocs, highlightjs: false, prev_next_buttons_location: none}",
        f"extra_css: [{STYLE.name}]",
        "markdown_extensions: [{toc: {permalink: true}}, tables, fenced_code]",
        "validation: {omitted_files: ignore, absolute_links: warn, unrecognized_links: warn, anchors: warn}",
        "nav:",
    ]
    for title, places in menu:
        mine = [place for place in places if place in there]
        lines += [f"  - {title}:", *(f"    - {place}" for place in mine)] if mine else []
    return "\n".join(lines) + "\n"


def build(out: Path, made: dict[str, str]) -> int:
    """Build the site of these pages into a folder, which is emptied first. The builder's exit code;
    what is wrong is printed."""
    with tempfile.TemporaryDirectory(prefix="site-") as name:
        folder = Path(name) / "pages"
        for place, text in made.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        shutil.copytree(DOCS / "pictures", folder / "pictures", dirs_exist_ok=True)
        for path in (*DOCS.glob("*.yaml"), STYLE):
            shutil.copy(path, folder)
        said = Path(name) / "mkdocs.yml"
        said.write_text(settings(folder, out.resolve(), made), encoding="utf-8")
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--config-file", str(said)]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True
        )  # told to be quiet it lets warnings pass
        if done.returncode:
            print("\n".join(line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("INFO")))
        return done.returncode


def main(arguments: list[str]) -> int:
    """0 where the site was built and every link in it leads somewhere."""
    parser = argparse.ArgumentParser(prog="python tools/site.py", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED / "build" / "site")
    parser.add_argument("--check", action="store_true", help="build into a folder that is thrown away")
    asked = parser.parse_args(arguments)
    if build_docs.main(["--check"]):
        return 1
    made = pages(load([SHIPPED]))
    if asked.check:
        with tempfile.TemporaryDirectory(prefix="site-") as name:
            return build(Path(name) / "site", made)
    code = build(asked.folder, made)
    print(f"{len(made)} pages in {asked.folder}: open index.html." if not code else "The site was not built.")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
