"""Builds web/static/vendor/govuk from the npm package that the macros were made for, without the Transport font and the crown.

Needs node and npm; the result is committed, so nobody else does. Run: python tools/vendor_assets.py
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from base64 import b64encode
from pathlib import Path

HERE = Path(__file__).resolve().parent
INTO = HERE.parent / "web" / "static" / "vendor" / "govuk"
PACKAGE, SASS = "govuk-frontend@6.3.0", "sass@1.108.2"
INTEGRITY = "cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA=="
CREST = 'url("/assets/images/govuk-crest.svg")'


def main() -> None:
    """Fetch, verify, compile, put in place."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _npm(place, "pack", "--silent", PACKAGE)
        archive = next(place.glob("*.tgz"))
        found = b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != INTEGRITY:
            raise SystemExit(f"{PACKAGE} is not the package that was reviewed")
        with tarfile.open(archive) as packed:
            packed.extractall(place, filter="data")
        _npm(place, "install", "--silent", "--no-save", SASS)
        modules = place / "node_modules" / "govuk-frontend"
        shutil.move(place / "package", modules)
        shutil.copy(HERE / "govuk.scss", place)
        css = _run(
            place,
            "node_modules/.bin/sass",
            "--no-source-map",
            "--style=compressed",
            "--quiet-deps",
            "--load-path=.",
            "govuk.scss",
        )
        INTO.mkdir(parents=True, exist_ok=True)
        (INTO / "govuk-frontend.min.css").write_text(css.replace(CREST, "none"), encoding="utf-8")
        shutil.copy(modules / "dist" / "govuk" / "govuk-frontend.min.js", INTO)


def _npm(place: Path, *words: str) -> None:
    subprocess.run(["npm", *words], cwd=place, check=True, stdout=subprocess.DEVNULL)


def _run(place: Path, *words: str) -> str:
    return subprocess.run(words, cwd=place, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
