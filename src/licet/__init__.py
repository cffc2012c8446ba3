"""Licet: may this seller sell this item to this buyer on this day, under which rule?

``licet.check(order)`` mirrors ``licet check ORDER``; ``licet.read_orders(path)`` reads order files,
``licet.read_ownership(path)`` a table of who owns whom; ``licet.rulebook().law(day)`` is the law of a day;
``licet.screen``, ``licet.compare``, ``licet.rescreen`` and ``licet.replay`` mirror the commands of these names,
``licet.lists`` and ``licet.dispositions`` those below ``licet lists`` and ``licet dispositions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet import lists
from licet.check import OutsideCoverage, TooOld, check, remedies
from licet.decision import Decision
from licet.law.changes import Change, changes
from licet.law.private import with_private_rules
from licet.law.rulebook import Law, Rulebook
from licet.law.rulebook import default_rulebook as rulebook
from licet.law.rulebook import load as load_rulebook
from licet.order import Order, OrderError, order_from, order_to
from licet.order_files import BadOrder, read_order, read_orders
from licet.parties.ownership_format import OwnershipTableError
from licet.parties.ownership_table import OwnershipTable, read_ownership
from licet.screen_names import compare, screen
from licet.wire import as_dict, to_json

if TYPE_CHECKING:
    from licet import dispositions
    from licet.replaying import replay
    from licet.rescreening import rescreen

__version__ = "0.1.0"
__all__ = [
    "BadOrder", "Change", "Decision", "Law", "Order", "OrderError", "OutsideCoverage", "OwnershipTable",
    "OwnershipTableError", "Rulebook", "TooOld", "as_dict", "changes", "check", "compare", "dispositions",
    "lists", "load_rulebook", "order_from", "order_to", "read_order", "read_orders", "read_ownership",
    "remedies", "replay", "rescreen", "rulebook", "screen", "to_json", "with_private_rules",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """What screening needs and nothing else does (numpy, scipy) is loaded when it is asked for."""
    if name == "dispositions":
        import importlib

        return importlib.import_module("licet.dispositions")
    if name == "replay":
        from licet.replaying import replay

        return replay
    if name == "rescreen":
        from licet.rescreening import rescreen

        return rescreen
    raise AttributeError(f"module 'licet' has no attribute {name!r}")
