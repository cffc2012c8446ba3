"""OpenID Connect: tokens of an organization's own login, checked and mapped to organization, name and role.

``Tokens.actor`` takes a bearer token of the API; ``Tokens.begin`` and ``Tokens.finish`` are a login in a
browser (authorization code with PKCE), for pages that keep a session. Only signatures with a public key
count: a shared secret would let whoever can check tokens make them.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import threading
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt

from licet.desk.access import ROLES, Actor, KeyRefused, ProviderError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_LEEWAY = 30
_KEYS_HOLD, _ASK_AGAIN = 3600.0, 30.0
_SECONDS = 10
_MOST = 1_000_000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who logs people in, and what its claims mean here.

    ``roles`` and ``organizations`` say which value of the claim is which role and organization; a value that
    they do not name opens nothing.
    """

    issuer: str
    client: str
    secret: str = ""
    role_claim: str = "roles"
    roles: Mapping[str, str]
    organization_claim: str = "organization"
    organizations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pending:
    """A login that has begun; the session of the browser keeps it until the person comes back."""

    state: str
    nonce: str
    verifier: str
    redirect: str


def read_provider(path: Path) -> Provider:
    """The provider of a TOML file with the fields of ``Provider``. Raises ``ProviderError``."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProviderError(f"{path}: {error}") from None
    names = set(Provider.__dataclass_fields__)
    if unknown := sorted(set(said) - names):
        raise ProviderError(f"{path}: {unknown[0]}: allowed: {', '.join(sorted(names))}.")
    for name in ("issuer", "client", "roles", "organizations"):
        if not said.get(name):
            raise ProviderError(f"{path}: {name}: is missing.")
    for name, kind in (("roles", dict), ("organizations", dict)):
        if not isinstance(said[name], kind) or not all(
            isinstance(v, str) for v in said[name].values()
        ):
            raise ProviderError(f"{path}: {name}: a table of texts is asked.")
    for value in said["roles"].values():
        if value not in ROLES:
            raise ProviderError(f"{path}: roles: {value!r}; allowed: {', '.join(ROLES)}.")
    _safe(said["issuer"])
    return Provider(**said)


@dataclass(slots=True)
class Tokens:
    """A provider at work: its keys, fetched when they are needed and again when a new one is named."""

    provider: Provider
    _places: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _fetched: float = -1e9
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def actor(self, token: str) -> Actor:
        """Whose token it is. Raises ``KeyRefused`` for one that does not hold, or has no role here."""
        return self._actor(self._claims(token))

    def begin(self, redirect: str) -> tuple[str, Pending]:
        """Where to send the browser of a person who logs in, and what its session has to keep."""
        pending = Pending(
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(48),
            redirect,
        )
        challenge = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": self.provider.client, "redirect_uri": redirect,
            "scope": "openid profile", "state": pending.state, "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self._place('authorization_endpoint')}?{urllib.parse.urlencode(asked)}", pending

    def finish(self, pending: Pending, state: str, code: str) -> Actor:
        """Who came back with a code. Raises ``KeyRefused`` where it is not the login that began."""
        if not secrets.compare_digest(state.encode(), pending.state.encode()):
            raise KeyRefused("the login does not belong to this session; log in again.")
        asked = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": pending.redirect,
            "client_id": self.provider.client, "code_verifier": pending.verifier,
        }  # fmt: skip
        if self.provider.secret:
            asked["client_secret"] = self.provider.secret
        said = _fetched(self._place("token_endpoint"), urllib.parse.urlencode(asked).encode())
        claims = self._claims(str(said.get("id_token", "")))
        if not secrets.compare_digest(
            str(claims.get("nonce", "")).encode(), pending.nonce.encode()
        ):
            raise KeyRefused("the token was not made for this login; log in again.")
        return self._actor(claims)

    def _claims(self, token: str) -> dict[str, Any]:
        refused = KeyRefused(
            "the token does not hold; it may have expired, or be of another service."
        )
        try:
            head = jwt.get_unverified_header(token)
            if head.get("alg") not in ALGORITHMS:
                raise refused
            claims: dict[str, Any] = jwt.decode(
                token, self._key(str(head.get("kid", ""))), algorithms=[head["alg"]],
                audience=self.provider.client, issuer=self.provider.issuer, leeway=_LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )  # fmt: skip
        except jwt.PyJWTError:
            raise refused from None
        return claims

    def _actor(self, claims: Mapping[str, Any]) -> Actor:
        roles = [self.provider.roles[one] for one in _texts(claims, self.provider.role_claim)
                 if one in self.provider.roles]  # fmt: skip
        places = {self.provider.organizations[one]
                  for one in _texts(claims, self.provider.organization_claim)
                  if one in self.provider.organizations}  # fmt: skip
        if not roles or len(places) != 1:
            raise KeyRefused(
                "the token names no role, or not one organization, that is known here."
            )
        best = max(roles, key=ROLES.index)
        name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        said = "".join(letter for letter in name if letter.isprintable())[:100]
        return Actor(places.pop(), said or "unnamed", best)

    def _key(self, number: str) -> jwt.PyJWK:
        with self._lock:
            age = time.monotonic() - self._fetched
            # A key that nobody knows is asked for now and then only: anybody can name one.
            if age > _KEYS_HOLD or (number not in self._keys and age > _ASK_AGAIN):
                said = _fetched(self._place("jwks_uri"))
                found = jwt.PyJWKSet.from_dict(said).keys
                self._keys = {str(one.key_id or ""): one for one in found}
                self._fetched = time.monotonic()
            if number not in self._keys:
                raise jwt.InvalidKeyError("no such key")
            return self._keys[number]

    def _place(self, name: str) -> str:
        if not self._places:
            address = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            said = _fetched(address)
            if said.get("issuer") != self.provider.issuer:
                raise ProviderError(f"{address}: is of issuer {said.get('issuer')!r}.")
            self._places = {key: value for key, value in said.items() if isinstance(value, str)}
        if name not in self._places:
            raise ProviderError(f"{self.provider.issuer}: names no {name}.")
        return _safe(self._places[name])


def _texts(claims: Mapping[str, Any], path: str) -> list[str]:
    """The texts of a claim; a dot goes one step in, as in ``realm_access.roles``."""
    found: Any = claims
    for part in [path] if path in claims else path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return [found] if isinstance(found, str) else [x for x in found or () if isinstance(x, str)]


def _safe(address: str) -> str:
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ProviderError(f"{address}: https://... is asked.")
    return address


def _fetched(address: str, body: bytes | None = None) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(_safe(address), body, timeout=_SECONDS) as answer:
            said = json.loads(answer.read(_MOST))
    except (OSError, ValueError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise ProviderError(f"{address}: {error}") from None
    if not isinstance(said, dict):
        raise ProviderError(f"{address}: a JSON object is asked.")
    return said


__all__ = ["Pending", "Provider", "ProviderError", "Tokens", "read_provider"]
