"""What is known of one line of an order: its facts, and the elements of its collections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Child:
    """One element of a collection, such as a party or a listing that a party may be.

    ``fields`` holds what is known of it; a field that is missing or None is unknown and is asked for as
    ``asks[field]``, else as ``path.field``. ``exists`` is None where it is unknown whether there is such an
    element at all; ``because`` names the facts that settle it.
    """

    fields: Mapping[str, object]
    path: str = ""
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exists: Truth = True
    because: tuple[str, ...] = ()

    def unknown(self, name: str) -> tuple[str, ...]:
        """The facts to ask for where a field is unknown."""
        return self.asks.get(name, (f"{self.path}.{name}",) if self.path else self.because)


@dataclass(frozen=True, slots=True)
class Between:
    """A number of which only bounds are known; ``most`` None: there is no upper bound.

    Compared with a number it answers where the bounds do.

    >>> Between(2000, 4000) > 1500, Between(2000, 4000) > 4000, Between(2000, 4000) > 2500
    (True, False, None)
    """

    least: float
    most: float | None

    def __gt__(self, number: float) -> Truth:
        if self.least > number:
            return True
        return None if self.most is None or self.most > number else False

    def __ge__(self, number: float) -> Truth:
        if self.least >= number:
            return True
        return None if self.most is None or self.most >= number else False

    def __lt__(self, number: float) -> Truth:
        return negate(self >= number)

    def __le__(self, number: float) -> Truth:
        return negate(self > number)


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list that leaves the rest open: what is in neither part is not yet confirmed."""

    met: frozenset[str]
    not_met: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one line of an order; a path that is missing or None is unknown."""

    values: Mapping[str, object]
    children: Mapping[str, tuple[Child, ...]]
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How a fact is asked for where that is not its own path: ``line.eccn`` as ``line[0].eccn``."""

    def unknown(self, path: str) -> tuple[str, ...]:
        """The facts to ask for where a fact is unknown."""
        return self.asks.get(path, (path,))


def negate(value: Truth) -> Truth:
    """Kleene's ``not``."""
    return None if value is None else not value
