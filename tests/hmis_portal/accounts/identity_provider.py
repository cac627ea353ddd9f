"""An identity provider on this machine (OpenID Connect): it says what the test has it say."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "portal-secret"


class IdentityProvider:
    """`claims` is what it says of the person who signs in there; `visit` is that person's way through its pages."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def visit(self, url: str) -> str:
        """Sign in at the provider's page; the address to which it sends the browser back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert self.asked["client_id"] == CLIENT
        return f"{self.asked['redirect_uri']}?code=the-code&state={self.asked['state']}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            names = {
                "authorization_endpoint": "authorize",
                "token_endpoint": "token",
                "jwks_uri": "keys",
                "userinfo_endpoint": "me",
            }
            return 200, {
                "issuer": self.address,
                **{name: f"{self.address}/{page}" for name, page in names.items()},
            }
        if path == "/token":
            proof = (
                base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
                .rstrip(b"=")
                .decode()
            )
            if (form["client_secret"], form["code"], proof) != (
                SECRET,
                "the-code",
                self.asked["code_challenge"],
            ):
                return 400, {"error": "invalid_grant"}
            return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}
        if path == "/me":
            return 200, {name: value for name, value in self.claims.items() if name not in ("amr", "acr")}
        return 404, {}

    def id_token(self) -> str:
        now = int(time.time())
        standard = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300}
        return jwt.encode({**standard, **self.claims}, self.key, algorithm="RS256", headers={"kid": "1"})

    def _handler(provider) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                form = {
                    name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()
                }
                status, body = provider.answer(urlsplit(self.path).path, form)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            do_POST = do_GET

            def log_message(self, *args: Any) -> None:
                """Said by the tests."""

        return Handler

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
