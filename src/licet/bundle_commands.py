"""``licet bundle``: official files in one signed archive, for machines without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from licet.command_options import fail

app = typer.Typer(
    no_args_is_help=True,
    help="Signed archives of official files, for machines without a network.",
)


def needed() -> None:
    """End the command where the library for signatures is not installed."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        fail("signed bundles need one package more: pip install 'licet[bundle]'")


@app.command("key")
def key(
    private: Annotated[Path, typer.Argument(metavar="PRIVATE", help="Keep this one to yourself.")],
    public: Annotated[Path, typer.Argument(metavar="PUBLIC", help="Give this one away.")],
) -> None:
    """Make a pair of keys: the private one signs bundles, the public one checks them."""
    needed()
    from licet.sources import bundle

    try:
        bundle.new_key(private, public)
    except FileExistsError as error:
        fail(f"{error.filename}: is there already, and a key is not written over")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")


@app.command("make")
def make(
    files: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Official files, or folders of them.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The bundle.")],
    private: Annotated[Path, typer.Option("--key", metavar="PRIVATE", help="Signs it.")],
) -> None:
    """Put official files into a signed bundle."""
    needed()
    from licet.sources import bundle
    from licet.sources.errors import SourceError

    every = [one for path in files for one in (sorted(path.iterdir()) if path.is_dir() else [path])]
    try:
        made = bundle.make([one for one in every if one.is_file()], out, private)
    except SourceError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or out}: {error.strerror}")
    print(f"{len(made.files)} files in {out}.")


@app.command("verify")
def verify(
    path: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    public: Annotated[Path, typer.Option("--key", metavar="PUBLIC", help="Of who made it.")],
) -> None:
    """Check that a bundle is whole and signed, and say what is in it. Exit status 2: it is not."""
    needed()
    from licet.sources import bundle
    from licet.sources.errors import SourceError

    try:
        found = bundle.verify(path, public)
    except SourceError as error:
        fail(str(error))
    print(f"Signed, and whole. Made {found.made}.")
    for name, (size, mark) in found.files.items():
        print(f"  {name}  {size:,} bytes  SHA-256 {mark[:16]}")
