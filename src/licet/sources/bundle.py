"""Official files in one signed archive, for machines without a network.

A bundle is a ZIP file: ``files/NAME`` for each official file, ``manifest.json`` with each file's size and
SHA-256 and the moment at which it was made, and ``manifest.sig``, the Ed25519 signature (RFC 8032) of the
manifest's bytes. Who makes bundles keeps the private key; who takes them in has the public key by another way.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.sources.errors import SourceError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

MANIFEST, SIGNATURE, FOLDER = "manifest.json", "manifest.sig", "files"
_LARGEST = 2**30  # bytes of one file, unpacked
_MANIFEST_LARGEST = 2**20
_FORMAT = "licet-bundle-1"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle says of itself: when it was made (UTC, ISO 8601), and each file's size and SHA-256."""

    made: str
    files: Mapping[str, tuple[int, str]]


def new_key(private: Path, public: Path) -> None:
    """Make a pair of keys: PEM files, the private one for its owner alone.

    Raises ``FileExistsError`` rather than write over a key.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    shown = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    for path, content, mode in ((private, secret, 0o600), (public, shown, 0o644)):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(content)


def make(files: Iterable[Path], out: Path, key: Path) -> Bundle:
    """Put files into a signed bundle; an ``out`` that is there is replaced when the new one is whole.

    Raises ``SourceError`` for a key that is none, no file, or two files of one name.
    """
    signer = _private(key)
    found: dict[str, Path] = {}
    for path in files:
        if path.name in found:
            raise SourceError(path, None, f"two files are called {path.name}; a bundle holds one")
        found[path.name] = path
    if not found:
        raise SourceError(out, None, "there is no file to put into it")
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    said = {name: (path.stat().st_size, _sha256(path)) for name, path in sorted(found.items())}
    manifest = {
        "format": _FORMAT,
        "made": now,
        "files": {name: {"bytes": size, "sha256": mark} for name, (size, mark) in said.items()},
    }
    content = json.dumps(manifest, indent=1, sort_keys=True).encode()
    handle, beside = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
    os.close(handle)
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, content)
            archive.writestr(SIGNATURE, signer.sign(content))
            for name, path in sorted(found.items()):
                archive.write(path, f"{FOLDER}/{name}")
        Path(beside).chmod(0o644)
        Path(beside).replace(out)
    finally:
        Path(beside).unlink(missing_ok=True)
    return Bundle(now, said)


def verify(path: Path, key: Path, *, into: Path | None = None) -> Bundle:
    """Check a bundle against a public key, and unpack its files into a folder if one is given.

    Raises ``SourceError`` for an archive that is damaged or not signed by this key, a file that is not what the
    manifest says, and one that the manifest does not name. Nothing is unpacked before all of it is checked.
    """
    from cryptography.exceptions import InvalidSignature

    verifier = _public(key)
    try:
        with zipfile.ZipFile(path) as archive:
            content = _read(archive, path, MANIFEST, _MANIFEST_LARGEST)
            signature = _read(archive, path, SIGNATURE, 64)
            try:
                verifier.verify(signature, content)
            except InvalidSignature:
                raise SourceError(
                    path, None, f"is not signed by the key in {key}, or was changed since"
                ) from None
            bundle = _manifest(path, content)
            names = {name for name in archive.namelist() if name not in (MANIFEST, SIGNATURE)}
            wanted = {f"{FOLDER}/{name}" for name in bundle.files}
            if names != wanted or len(archive.namelist()) != len(wanted) + 2:
                odd = ", ".join(sorted(names ^ wanted)) or "a file twice"
                raise SourceError(path, None, f"does not hold just what its manifest names: {odd}")
            for name, (size, mark) in bundle.files.items():
                if _digest(archive, path, f"{FOLDER}/{name}", size) != mark:
                    raise SourceError(path, None, f"{name} is not what the manifest says")
            if into is not None:
                for name in bundle.files:
                    with archive.open(f"{FOLDER}/{name}") as source, (into / name).open("wb") as to:
                        while piece := source.read(2**20):
                            to.write(piece)
    except (zipfile.BadZipFile, EOFError, zipfile.LargeZipFile) as error:
        raise SourceError(path, None, f"is no ZIP file or is damaged ({error})") from None
    except OSError as error:
        raise SourceError(path, None, f"cannot be read ({error.strerror})") from None
    return bundle


def _manifest(path: Path, content: bytes) -> Bundle:
    """What a manifest says; it is signed, so what is wrong in it is a version that this one does not know."""
    try:
        said: Any = json.loads(content)
        if said["format"] != _FORMAT:
            raise SourceError(
                path, None, f"is of format {said['format']}; this one reads {_FORMAT}"
            )
        files = {
            name: (int(row["bytes"]), str(row["sha256"])) for name, row in said["files"].items()
        }
        made = str(said["made"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(path, None, f"has a manifest that cannot be read ({error})") from None
    for name, (size, _) in files.items():
        if Path(name).name != name or name.startswith(".") or not 0 <= size <= _LARGEST:
            raise SourceError(path, None, f"names a file {name!r} that is not taken")
    return Bundle(made, files)


def _read(archive: zipfile.ZipFile, path: Path, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as stream:
            content = stream.read(most + 1)
    except KeyError:
        raise SourceError(path, None, f"has no {name}: it is no bundle of Licet") from None
    if len(content) > most:
        raise SourceError(path, None, f"has a {name} of more than {most} bytes")
    return content


def _digest(archive: zipfile.ZipFile, path: Path, name: str, size: int) -> str:
    """The SHA-256 of a member, read no further than its size: a small archive can unpack to a huge file."""
    mark = hashlib.sha256()
    seen = 0
    with archive.open(name) as stream:
        while piece := stream.read(2**20):
            seen += len(piece)
            if seen > size:
                raise SourceError(path, None, f"{name} is larger than the manifest says")
            mark.update(piece)
    return mark.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _private(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = _key(path, lambda content: load_pem_private_key(content, password=None))
    if not isinstance(key, Ed25519PrivateKey):
        raise SourceError(path, None, "is no private Ed25519 key; licet bundle key makes one")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = _key(path, load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        raise SourceError(path, None, "is no public Ed25519 key; licet bundle key makes one")
    return key


def _key(path: Path, load: Any) -> object:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise SourceError(path, None, f"cannot be read ({error.strerror})") from None
    except (ValueError, TypeError):
        # The reason that the library gives could quote the key: it is not passed on.
        raise SourceError(path, None, "is no key in PEM form; licet bundle key makes one") from None
