"""The official files that the tests of the readers use."""

from __future__ import annotations

from ..sources.conftest import part_744, part_744_in_march

__all__ = ["part_744", "part_744_in_march"]
