"""The council's own accounts by OpenID Connect. Authlib does the protocol: code flow with PKCE, nonce, signed tokens."""

from __future__ import annotations

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import current_app
from joserfc.errors import JoseError
from requests import RequestException

from web.context import settings


def client() -> Any:
    """The provider as Authlib knows it, set up at the first call. LookupError where none is configured."""
    provider = settings().open_id
    if provider is None:
        raise LookupError("no provider is configured")
    if "oauth" not in current_app.extensions:
        oauth = OAuth(current_app)
        oauth.register(
            "council", client_id=provider.client_id, client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
        )  # fmt: skip
        current_app.extensions["oauth"] = oauth
    return current_app.extensions["oauth"].council


def subject() -> str:
    """The subject that the provider vouches for in this request; empty where it does not."""
    try:
        token = client().authorize_access_token()
    except (AuthlibBaseError, JoseError, RequestException, ValueError) as error:
        current_app.logger.warning("signing in by the provider failed: %s", type(error).__name__)
        return ""
    return str(token.get("userinfo", {}).get("sub", ""))
