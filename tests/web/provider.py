"""An OpenID Connect provider on loopback, small and strict: code flow, PKCE checked, ID tokens signed with RS256."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


@dataclass
class Provider:
    """What the provider says next. `subject` signs in; the others make its token wrong."""

    address: str = ""
    subject: str = "council|17"
    lifetime: int = 300
    other_key: bool = False
    other_nonce: bool = False
    audience: str = "countermark"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    state = Provider()
    server = make_server("127.0.0.1", 0, _application(state), threaded=True)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()


def _application(state: Provider) -> Flask:
    app = Flask("provider")
    key, other = (RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}) for _ in range(2))

    @app.get("/.well-known/openid-configuration")
    def _about() -> dict[str, Any]:
        return {
            "issuer": state.address, "authorization_endpoint": f"{state.address}/authorize",
            "token_endpoint": f"{state.address}/token", "jwks_uri": f"{state.address}/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }  # fmt: skip

    @app.get("/keys")
    def _keys() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False)]}

    @app.get("/authorize")
    def _authorize() -> Any:
        code = secrets.token_hex(8)
        state.codes[code] = dict(request.args)
        return redirect(f"{request.args['redirect_uri']}?code={code}&state={request.args['state']}")

    @app.post("/token")
    def _token() -> Any:
        asked = state.codes.pop(request.form["code"], None)
        proof = urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if asked is None or proof != asked["code_challenge"] or asked["code_challenge_method"] != "S256":
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {
            "iss": state.address, "sub": state.subject, "aud": state.audience, "iat": now, "exp": now + state.lifetime,
            "nonce": "another" if state.other_nonce else asked["nonce"],
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, other if state.other_key else key)
        return {"access_token": "a", "token_type": "Bearer", "id_token": token, "expires_in": 300}

    return app
