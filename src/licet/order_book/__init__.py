"""Order books of any form and size: read, gathered into orders, screened, and made one where the law sees no
more.

``open_book`` reads, ``screen_parties`` and ``make_alike`` prepare, ``kinds`` gives what is to be decided.
"""

from licet.order_book.alike import columns_of_kinds, kinds, make_alike
from licet.order_book.amounts import amounts
from licet.order_book.book import BadRow, NoRoom, OrderBook, open_book, room
from licet.order_book.countries import told_apart
from licet.order_book.screened import MAKERS, OF_PARTY, Named, hits, screen_parties

__all__ = [
    "MAKERS",
    "OF_PARTY",
    "BadRow",
    "Named",
    "NoRoom",
    "OrderBook",
    "amounts",
    "columns_of_kinds",
    "hits",
    "kinds",
    "make_alike",
    "open_book",
    "room",
    "screen_parties",
    "told_apart",
]
