"""Holds the production entry to account: it starts from the environment alone, and a proxy's word on HTTPS marks cookies secure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = """
from web.wsgi import application
answer = application.test_client().get("/sign-in", base_url="https://desk.example.org")
print(answer.status_code, "Secure" in answer.headers["Set-Cookie"], "invented" in answer.text, "council account" in answer.text)
"""


def test_the_application_starts_from_the_environment(built_home: Path) -> None:
    said = {
        "COUNTERMARK_HOME": str(built_home), "COUNTERMARK_HTTPS": "yes", "COUNTERMARK_OIDC_ISSUER": "https://login.example.org",
        "COUNTERMARK_OIDC_CLIENT_ID": "countermark", "COUNTERMARK_OIDC_CLIENT_SECRET": "secret",
    }  # fmt: skip
    found = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env={**os.environ, **said}, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["200", "True", "False", "True"]
