"""The pictures in the README, from a real run: docs/pictures/run.svg, and the bridge between its markers.

`python tools/build_pictures.py` plays the demonstration in a folder of its own, as anybody would, and keeps what the terminal showed. Only
the folder's own path is left out. Not part of the one check: it takes as long as a run.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("countermark")
WIDTH = 132
FIGURE = ("PP1", "2022-10-31", "Safeguarding East")
SGR = re.compile(r"\x1b\[([0-9;]+)m")
INK, PAPER, BLUE, GREY, GREEN, RED = (
    (11, 12, 12),
    (255, 255, 255),
    (29, 112, 184),
    (80, 90, 95),
    (0, 90, 48),
    (148, 37, 20),
)
COLOURS = (PAPER, INK, [INK, RED, GREEN, GREY, BLUE, BLUE, BLUE, GREY], [GREY, RED, GREEN, GREY, BLUE, BLUE, BLUE, INK])
BRIDGE = re.compile(r"(<!-- bridge: made by tools/build_pictures.py -->\n)(.*?)(<!-- end of bridge -->)", re.DOTALL)


def shown(folder: Path, *arguments: str, colour: bool = False) -> str:
    """What a command printed, its folder's path left out."""
    plain = {"COLUMNS": str(WIDTH), "TTY_INTERACTIVE": "0", "PYTHONUTF8": "1", "TERM": "xterm-256color"}
    environment = {**os.environ, **plain, **({"FORCE_COLOR": "1"} if colour else {"NO_COLOR": "1"})}
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"countermark {arguments[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.replace(f"{folder}/", "")


def picture(output: str, title: str) -> str:
    """A terminal's output as SVG, without fonts from elsewhere."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    # faint text is drawn as plain: terminals differ in it, and on a page it would be too pale to read
    readable = SGR.sub(lambda code: f"\x1b[{';'.join(part for part in code[1].split(';') if part != '2')}m", output)
    console.print(Text.from_ansi(readable.strip("\n")), soft_wrap=True)
    own_fonts = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    drawn = console.export_svg(title=title, code_format=own_fonts, unique_id="run", theme=TerminalTheme(*COLOURS))
    return re.sub(r"\s*<!--.*?-->", "", drawn) + "\n"


def bridge(explained: str) -> str:
    """The figure and the bridge of its numerator out of an explanation; the cases that follow are officers' alone."""
    lines = explained.splitlines()
    last = next(number for number, line in enumerate(lines) if line.startswith("Denominator"))
    return "\n".join(line.rstrip() for line in lines[:last]).strip()


def main() -> int:
    """Play, and write the picture and the bridge."""
    indicator, as_at, team = FIGURE
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        ran = shown(folder, "demo", "--home", "demo/home", colour=True)
        explained = shown(folder, "explain", indicator, "--as-at", as_at, "--team", team, "--home", "demo/home")
    pictures = ROOT / "docs" / "pictures"
    pictures.mkdir(exist_ok=True)
    (pictures / "run.svg").write_text(picture(ran, "countermark demo"), encoding="utf-8")
    page = ROOT / "README.md"
    text = page.read_text(encoding="utf-8")
    block = f"```\n$ countermark explain {indicator} --as-at {as_at} --team '{team}'\n{bridge(explained)}\n```\n"
    page.write_text(BRIDGE.sub(lambda found: found[1] + block + found[3], text), encoding="utf-8")
    print("Written: docs/pictures/run.svg, README.md")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
