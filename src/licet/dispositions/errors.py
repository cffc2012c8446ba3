"""What is wrong with a disposition that cannot be recorded."""

from __future__ import annotations


class DispositionError(ValueError):
    """A disposition that was refused, or a file of them that cannot be read; says why and what to do."""
