"""Which territories cannot stand beside each other."""

from allocation.territories.territory import Overlap, refusals


def met(code: str, other: str, *, is_new: bool, share: float = 0.2) -> Overlap:
    return Overlap(code, other, other.title(), is_new, 12.5, share, ())


def test_slivers_are_no_reason_to_refuse() -> None:
    assert refusals(["a"], [met("a", "b", is_new=False, share=0.01)]) == {}
    (overlap,) = refusals(["a"], [met("a", "b", is_new=False, share=0.011)])["a"]
    assert "12.5 ha" in overlap.sentence
    assert "b (B)" in overlap.sentence


def test_a_pin_code_belongs_to_one_territory() -> None:
    both = Overlap("a", "b", "Bee", False, 0.0, 0.0, ("1780000",))
    assert "1780000" in refusals(["a"], [both])["a"][0].sentence


def test_of_two_new_ones_the_later_yields() -> None:
    pair = [met("a", "b", is_new=True), met("b", "a", is_new=True)]
    assert list(refusals(["a", "b"], pair)) == ["b"]
    assert list(refusals(["b", "a"], pair)) == ["a"]


def test_one_that_is_replaced_is_in_nobodys_way() -> None:
    assert refusals(["a", "b"], [met("a", "b", is_new=False)]) == {}


def test_one_whose_replacement_is_refused_stands_and_is_in_the_way() -> None:
    found = refusals(["a", "b"], [met("a", "b", is_new=False), met("b", "c", is_new=False)])
    assert found.keys() == {"a", "b"}
