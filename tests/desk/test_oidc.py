"""OpenID Connect with a provider on this machine: tokens that hold, those that do not, a login with PKCE."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from licet.desk.access import KeyRefused
from licet.desk.counter import Loaded
from licet.desk.oidc import Provider, ProviderError, Tokens, read_provider

from .conftest import serving

NOW = time.time()


@dataclass
class Login:
    """A provider: it signs tokens with its keys, and gives one for a code whose verifier fits."""

    issuer: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    fetched: int = 0
    challenge: str = ""
    nonce: str = ""

    def token(self, *, kid: str = "one", alg: str = "RS256", **claims: Any) -> str:
        said = {
            "iss": self.issuer, "aud": "licet", "sub": "u1", "exp": NOW + 600, "roles": ["export-analyst"],
            "organization": "acme-gmbh", "preferred_username": "ada", **claims,
        }  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, self.keys[kid], algorithm=alg, headers={"kid": kid})

    def jwks(self) -> dict[str, Any]:
        self.fetched += 1
        found = []
        for kid, key in self.keys.items():
            public = key.public_key()
            algorithm: Any = (
                jwt.algorithms.RSAAlgorithm
                if isinstance(key, rsa.RSAPrivateKey)
                else jwt.algorithms.ECAlgorithm
            )
            found.append({**json.loads(algorithm.to_jwk(public)), "kid": kid})
        return {"keys": found}


@pytest.fixture(scope="module")
def login() -> Iterator[Login]:
    found = Login()
    found.keys["one"] = rsa.generate_private_key(65537, 2048)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            base = found.issuer
            said = {
                "/.well-known/openid-configuration": lambda: {
                    "issuer": base, "jwks_uri": f"{base}/keys", "token_endpoint": f"{base}/token",
                    "authorization_endpoint": f"{base}/authorize",
                },
                "/keys": found.jwks,
            }[self.path]()  # fmt: skip
            self.answer(200, said)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            asked = dict(urllib.parse.parse_qsl(body))
            digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
            fits = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == found.challenge
            good = fits and asked["code"] == "c0de" and asked["client_id"] == "licet"
            if not good:
                self.answer(400, {"error": "invalid_grant"})
                return
            self.answer(200, {"id_token": found.token(nonce=found.nonce)})

        def answer(self, status: int, said: object) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def tokens(login: Login) -> Tokens:
    return Tokens(
        Provider(
            issuer=login.issuer, client="licet",
            roles={"export-analyst": "analyst", "export-lead": "approver"},
            organizations={"acme-gmbh": "acme", "bolt-inc": "bolt"},
        )
    )  # fmt: skip


def test_a_token_says_who_asks_for_whom_and_with_which_role(login: Login, tokens: Tokens) -> None:
    actor = tokens.actor(login.token())
    assert (actor.organization, actor.name, actor.role) == ("acme", "ada", "analyst")
    lead = tokens.actor(login.token(roles=["guest", "export-lead", "export-analyst"]))
    assert lead.role == "approver"


@pytest.mark.parametrize(
    "wrong",
    [{"exp": NOW - 60}, {"aud": "another"}, {"iss": "https://evil.example"}, {"nbf": NOW + 600}, {"exp": None},
     {"aud": None}, {"sub": None}, {"roles": ["guest"]}, {"roles": None}, {"organization": "evil"},
     {"organization": None}, {"organization": ["acme-gmbh", "bolt-inc"]}],
)  # fmt: skip
def test_a_token_that_is_late_of_others_or_without_a_role_opens_nothing(
    login: Login, tokens: Tokens, wrong: dict[str, Any]
) -> None:
    with pytest.raises(KeyRefused):
        tokens.actor(login.token(**wrong))


def test_a_token_that_is_signed_otherwise_opens_nothing(login: Login, tokens: Tokens) -> None:
    good = login.token()
    head, body, sign = good.split(".")
    public = login.keys["one"].public_key()
    claims = jwt.decode(good, options={"verify_signature": False})
    other = jwt.encode(
        claims, rsa.generate_private_key(65537, 2048), "RS256", headers={"kid": "one"}
    )
    modulus = str(public.public_numbers().n).encode()
    secret = jwt.encode(claims, modulus, "HS256", headers={"kid": "one"})
    unsigned = jwt.encode(claims, "", "none", headers={"kid": "one"})
    changed = base64.urlsafe_b64encode(
        json.dumps({**claims, "roles": ["export-lead"]}).encode()
    ).rstrip(b"=").decode()  # fmt: skip
    for token in (
        other, secret, unsigned, f"{head}.{changed}.{sign}", f"{head}.{body}.", f"{head}.{body}", "", "a.b.c",
        good[:-2],
    ):  # fmt: skip
        with pytest.raises(KeyRefused):
            tokens.actor(token)


def test_a_new_key_is_fetched_and_one_that_nobody_knows_only_now_and_then(
    login: Login, tokens: Tokens
) -> None:
    tokens.actor(login.token())
    login.keys["two"] = ec.generate_private_key(ec.SECP256R1())
    new = login.token(kid="two", alg="ES256")
    fetched = login.fetched
    for _ in range(5):  # fetched a moment ago: anybody can name a key
        with pytest.raises(KeyRefused):
            tokens.actor(new)
    assert login.fetched == fetched
    tokens._fetched -= 31
    assert tokens.actor(new).name == "ada" and login.fetched == fetched + 1
    del login.keys["two"]


def test_a_login_in_a_browser_with_pkce(login: Login, tokens: Tokens) -> None:
    address, pending = tokens.begin("https://desk.example/login/done")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
    assert asked["code_challenge_method"] == "S256" and pending.verifier not in address
    login.challenge, login.nonce = asked["code_challenge"], asked["nonce"]
    assert tokens.finish(pending, asked["state"], "c0de").name == "ada"
    with pytest.raises(KeyRefused, match="session"):  # a login that somebody else began
        tokens.finish(pending, "another", "c0de")
    login.nonce = "of another login"
    with pytest.raises(KeyRefused, match="not made for this login"):
        tokens.finish(pending, asked["state"], "c0de")
    login.challenge = "of another verifier"
    with pytest.raises(ProviderError, match="400"):
        tokens.finish(pending, asked["state"], "c0de")


def test_the_desk_takes_tokens_beside_keys_and_records_who_asked(
    login: Login, tokens: Tokens, tmp_path: Path, loaded: Loaded, osaka: dict[str, Any]
) -> None:
    with serving(tmp_path, loaded, local=False, tokens=tokens) as client:
        ada = {"Authorization": f"Bearer {login.token()}"}
        decided = client.post("/check", json=osaka, headers=ada)
        assert decided.status_code == 200, decided.text
        kept = client.get(f"/decisions/{decided.json()['decision_id']}", headers=ada).json()
        assert kept["actor"] == "ada"
        assert client.get("/audit", headers=ada).status_code == 403
        bolt = {"Authorization": f"Bearer {login.token(organization='bolt-inc')}"}
        place = f"/decisions/{decided.json()['decision_id']}"
        assert client.get(place, headers=bolt).status_code == 404
        late = {"Authorization": f"Bearer {login.token(exp=NOW - 60)}"}
        assert client.get("/law", headers=late).status_code == 401


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "issuer: is missing"), ("issuer = 'http://login.example'\nclient='x'\nroles={a='viewer'}\norganizations"
      "={a='b'}", "https"),
     ("issuer='https://x'\nclient='x'\nroles={a='king'}\norganizations={a='b'}", "viewer"),
     ("isuer = 'x'", "allowed: "), ("= 3", "line 1")],
)  # fmt: skip
def test_a_provider_that_is_described_wrongly_is_refused(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "login.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProviderError, match=says):
        read_provider(file)
