"""Licet: may this seller sell this item to this buyer on this day, under which rule?"""
