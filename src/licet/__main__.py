"""``python -m licet``: the command line, without its script on the path."""

from licet.cli import main

main()
