"""Signed bundles: what comes on a disk is what was sent, or nothing is taken in."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from licet import lists
from licet.cli import app
from licet.sources import bundle
from licet.sources.errors import SourceError

from .test_updating import ROWS, sdn


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    bundle.new_key(private, public)
    return private, public


@pytest.fixture
def made(tmp_path: Path, keys: tuple[Path, Path]) -> Path:
    folder = tmp_path / "official"
    folder.mkdir()
    (folder / "sdn.xml").write_bytes(sdn("2026-01-31", *range(ROWS)))
    out = tmp_path / "lists.bundle"
    done = CliRunner().invoke(
        app, ["bundle", "make", str(folder), "--out", str(out), "--key", str(keys[0])]
    )
    assert done.exit_code == 0, done.output
    return out


def test_a_bundle_is_made_checked_and_taken_in(
    made: Path, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    run = CliRunner().invoke
    checked = run(app, ["bundle", "verify", str(made), "--key", str(keys[1])])
    assert (checked.exit_code, "sdn.xml" in checked.output) == (0, True)
    data = tmp_path / "data"
    command = ["lists", "update", "--data", str(data), "--from", str(made)]
    without = run(app, command)
    assert (without.exit_code, "--key" in without.output) == (2, True)
    done = run(app, [*command, "--key", str(keys[1])])
    assert done.exit_code == 0, done.output
    (copy,) = lists.store(data).copies()
    assert copy.entries == ROWS


def test_a_private_key_is_for_its_owner_alone_and_not_written_over(
    keys: tuple[Path, Path],
) -> None:
    assert keys[0].stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        bundle.new_key(*keys)


def rewritten(made: Path, change: dict[str, bytes | None], more: dict[str, bytes]) -> None:
    """The bundle with members changed, taken out (None) or added."""
    with zipfile.ZipFile(made) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {name: content for name, content in change.items() if content is not None}
    members |= more
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            if change.get(name, b"") is not None:
                archive.writestr(name, content)


def manifest(made: Path, file: str) -> bytes:
    """The manifest with another name for its file, and so another signature needed."""
    with zipfile.ZipFile(made) as archive:
        said = json.loads(archive.read(bundle.MANIFEST))
    said["files"][file] = said["files"].pop("sdn.xml")
    return json.dumps(said).encode()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("another file", "is not what the manifest says|is larger than"),
        ("a larger file", "is larger than the manifest says"),
        ("another manifest", "is not signed by the key"),
        ("a path out of the folder", "is not signed by the key"),
        ("no signature", "has no manifest.sig"),
        ("a file more", "does not hold just what its manifest names: files/more.xml"),
        ("a file less", "does not hold just what its manifest names: files/sdn.xml"),
        ("another key", "is not signed by the key"),
        ("half of it", "is no ZIP file or is damaged"),
        ("no archive", "is no ZIP file"),
    ],
)
def test_a_bundle_that_was_touched_is_refused_whole(
    made: Path, keys: tuple[Path, Path], tmp_path: Path, fault: str, says: str
) -> None:
    whole = sdn("2026-01-31", *range(ROWS))
    public = keys[1]
    match fault:
        case "another file":
            rewritten(made, {"files/sdn.xml": whole.replace(b"TRADER 1<", b"TRAPER 1<")}, {})
        case "a larger file":
            rewritten(made, {"files/sdn.xml": whole + b" " * 50_000_000}, {})
        case "another manifest":
            rewritten(made, {bundle.MANIFEST: manifest(made, "x.xml")}, {})
        case "a path out of the folder":
            rewritten(made, {bundle.MANIFEST: manifest(made, "../x.xml")}, {})
        case "no signature":
            rewritten(made, {bundle.SIGNATURE: None}, {})
        case "a file more":
            rewritten(made, {}, {"files/more.xml": whole})
        case "a file less":
            rewritten(made, {"files/sdn.xml": None}, {})
        case "another key":
            public = tmp_path / "other.pem"
            bundle.new_key(tmp_path / "other-private.pem", public)
        case "half of it":
            made.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
        case "no archive":
            made.write_bytes(b"not a bundle")
    data, into = tmp_path / "data", tmp_path / "into"
    into.mkdir()
    with pytest.raises(SourceError, match=says):
        bundle.verify(made, public, into=into)
    assert [*into.iterdir()] == []
    command = ["lists", "update", "--data", str(data), "--from", str(made), "--key", str(public)]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, "The lists in use stay" in done.output) == (2, True)
    assert lists.store(data).copies() == ()


def test_a_name_that_leads_out_of_the_folder_is_refused_although_it_is_signed(
    tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    content = json.dumps(
        {"format": "licet-bundle-1", "made": "x", "files": {"../x": {"bytes": 1, "sha256": ""}}}
    ).encode()
    out = tmp_path / "bad.bundle"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(bundle.MANIFEST, content)
        archive.writestr(bundle.SIGNATURE, bundle._private(keys[0]).sign(content))
        archive.writestr("files/../x", b"x")
    with pytest.raises(SourceError, match="is not taken"):
        bundle.verify(out, keys[1], into=tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN PRIVATE KEY-----\nMC4CAQ\n", b"secret words"]
)
def test_what_is_no_key_is_said_without_showing_it(tmp_path: Path, content: bytes) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(content)
    with pytest.raises(SourceError, match="is no key in PEM form") as error:
        bundle.make([key], tmp_path / "out", key)
    assert "secret" not in str(error.value).replace(str(key), "")
