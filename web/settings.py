"""What the pages need to know to start: where the home lies, whether they stand behind HTTPS, who signs people in."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from countermark.home import Home


@dataclass(frozen=True)
class OpenId:
    """An OpenID Connect provider. `issuer` is its address without /.well-known."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "your council account"


@dataclass(frozen=True)
class Settings:
    """`demo` opens the invented authority's accounts without a password, on loopback alone. `https` marks cookies secure."""

    home: Home
    demo: bool = False
    https: bool = False
    open_id: OpenId | None = None
    dagster_url: str = ""
    metrics_token: str = field(default="", repr=False)
    idle_minutes: int = 30
    longest_hours: int = 10

    @classmethod
    def from_environment(cls, home: Path | None = None, *, demo: bool = False) -> Settings:
        """Settings of a home, the rest as COUNTERMARK_… says. The names are listed in docs/operations.md."""
        say = os.environ.get
        issuer = say("COUNTERMARK_OIDC_ISSUER", "")
        provider = OpenId(
            issuer.rstrip("/"),
            say("COUNTERMARK_OIDC_CLIENT_ID", ""),
            say("COUNTERMARK_OIDC_CLIENT_SECRET", ""),
            say("COUNTERMARK_OIDC_NAME", OpenId.name),
        )
        return cls(
            Home.open(home), demo, say("COUNTERMARK_HTTPS", "") == "yes", provider if issuer else None,
            say("COUNTERMARK_DAGSTER_URL", ""), say("COUNTERMARK_METRICS_TOKEN", ""),
        )  # fmt: skip
