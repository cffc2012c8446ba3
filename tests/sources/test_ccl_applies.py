"""What a control line applies to, in the shapes that the list prints."""

from licet.sources.ccl_applies import Applies, applies


def test_entire_entry() -> None:
    assert applies("AT applies to entire entry", "3A991") == Applies("AT")


def test_entire_entry_except_a_paragraph() -> None:
    assert applies("NS applies to entire entry, except 0A606.b and .y", "0A606") == Applies(
        "NS", (), ("b", "y")
    )


def test_ranges_are_expanded() -> None:
    found = applies("NS applies to 3B001.a.4, c, f.5 to f.7, k to n and .r", "3B001")
    assert found is not None
    assert found.paragraphs == ("a.4", "c", "f.5", "f.6", "f.7", "k", "l", "m", "n", "r")


def test_exceptions_within_a_list() -> None:
    found = applies("NS applies to 5A001.b (except .b.5), .f (except f.3), and .j", "5A001")
    assert found == Applies("NS", ("b", "f", "j"), ("b.5", "f.3"))


def test_a_condition_in_prose_becomes_a_question_about_its_paragraphs() -> None:
    found = applies("MT applies to 3A002.h when the parameters in 3A101.a.2.b are met", "3A002")
    assert found is not None
    assert found.paragraphs == ("h",)
    assert found.question.startswith("3a002-mt-")
    assert "3A101.a.2.b" in found.asks


def test_a_question_reaches_the_entire_entry_where_its_paragraphs_are_uncertain() -> None:
    """Narrowing to the paragraphs that parsed would turn the others into a silent "no"."""
    found = applies(
        "NP applies to 1C010.a (aramid fibers), b (carbon), and e.1 that exceed", "1C010"
    )
    assert found is not None
    assert found.paragraphs == ()
    assert found.question


def test_software_for_controlled_equipment_is_a_question() -> None:
    found = applies(
        "MT applies to “software” for equipment controlled by 2B004 for MT reasons", "2D001"
    )
    assert found is not None
    assert found.asks == (
        "Is this software for items of 2B004, where they are controlled for MT reasons?"
    )


def test_russian_sector_sanctions_are_foreign_policy() -> None:
    assert applies("Russian industry sector sanctions apply to entire entry", "3A229") == Applies(
        "FP"
    )


def test_a_paragraph_without_condition_is_not_lost_among_conditions() -> None:
    """1A007.b is controlled outright; only 1A007.a depends on the parameters of 3A229."""
    said = "NP applies to 1A007.b, as well as 1A007.a when it meets or exceeds 3A229"
    found = applies(said, "1A007")
    assert found is not None
    assert "reach or exceed" not in found.asks
