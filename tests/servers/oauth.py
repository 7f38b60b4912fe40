"""A provider's sign-in as a local server: gives codes, tokens and, to Dovecot, what it knows of a token."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

CLIENT, SECRET = "mostrador-id", "mostrador-secret"


class Provider:
    """Its state: permissions given, tokens that are good, and all that was asked of it."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, str, str]] = {}  # code -> account, challenge, callback
        self.refresh: dict[str, str] = {}  # refresh token -> account
        self.access: dict[str, str] = {}  # access token -> account
        self.asked: list[dict[str, str]] = []
        self.seconds = 3600
        self.rotates = False
        self.refuses = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def settings(self, imap: str = "localhost", smtp: str = "localhost") -> dict[str, dict[str, object]]:
        """settings.MAIL_PROVIDERS with this server in Google's and Microsoft's place."""
        one = {"authorize": f"{self.url}/authorize", "token": f"{self.url}/token", "scope": "mail"}
        one |= {"imap_hosts": (imap,), "smtp_hosts": (smtp,), "extra": {"prompt": "consent"}}
        return {"google": one, "microsoft": {**one, "token": self.url + "/{tenant}/token"}}

    def permit(self, page: str, account: str) -> tuple[str, str]:
        """What a person does on the provider's page: code and state to come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        code = secrets.token_hex(8)
        self.codes[code] = (account, asked["code_challenge"], asked["redirect_uri"])
        return code, asked["state"]

    def revoke_access(self) -> None:
        """The tokens in use are not good any more; the permission stays."""
        self.access.clear()

    def answer(self, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint."""
        self.asked.append(fields)
        if (fields.get("client_id"), fields.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client", "error_description": "No such program."}
        if self.refuses:
            return 400, {"error": "invalid_grant", "error_description": "Token has been revoked."}
        if fields["grant_type"] == "refresh_token":
            account = self.refresh.get(fields["refresh_token"])
        else:
            account = self._of_code(fields)
        if account is None:
            return 400, {"error": "invalid_grant", "error_description": "Bad Request"}
        return 200, self._tokens(account, is_first=fields["grant_type"] != "refresh_token")

    def _of_code(self, fields: dict[str, str]) -> str | None:
        account, challenge, callback = self.codes.pop(fields["code"], (None, "", ""))
        digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
        proven = base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge
        return account if proven and fields["redirect_uri"] == callback else None

    def _tokens(self, account: str, *, is_first: bool) -> dict[str, Any]:
        access = secrets.token_hex(12)
        self.access[access] = account
        given = {"access_token": access, "expires_in": self.seconds, "token_type": "Bearer"}
        if is_first or self.rotates:
            given["refresh_token"] = secrets.token_hex(12)
            self.refresh = {given["refresh_token"]: account}
        return given


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*provider.answer({name: values[0] for name, values in parse_qs(body).items()}))

        def do_GET(self) -> None:  # Dovecot asks whose token it is
            account = provider.access.get(parse_qs(urlsplit(self.path).query).get("token", [""])[0])
            self._say(*((200, {"active": True, "email": account}) if account else (401, {"error": "invalid_token"})))

        def _say(self, status: int, what: dict[str, Any]) -> None:
            data = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            return

    return Handler


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that nobody has asked yet."""
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()
