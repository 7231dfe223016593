"""Values made without checks are the same as those that were checked."""

from decimal import Decimal

from schemas import FactEvent, Quantity, examples

FIELDS = {
    "start": 3,
    "end": 7,
    "text": "$9bn",
    "kind": "money",
    "value": Decimal(9_000_000_000),
    "unit": "USD",
}


def test_trusted_values_are_as_checked_ones() -> None:
    trusted = Quantity.trusted(**FIELDS)
    checked = Quantity(**FIELDS)
    assert trusted == checked
    assert trusted.model_dump_json() == checked.model_dump_json()
    assert trusted.model_dump_json(exclude_unset=True) == checked.model_dump_json(
        exclude_unset=True
    )
    assert trusted.model_copy(update={"unit": "EUR"}).unit == "EUR"


def test_fields_keep_the_order_of_the_model() -> None:
    fields = dict(reversed(examples.FACT.__dict__.items()))
    assert FactEvent.trusted(**fields).model_dump_json() == examples.FACT.model_dump_json()


def test_all_fields_in_their_order_need_no_look() -> None:
    fields = dict(examples.FACT)
    made = FactEvent.trusted_fields(fields)
    assert made == examples.FACT
    assert made.model_dump_json() == examples.FACT.model_dump_json()
    assert made.model_fields_set == set(FactEvent.model_fields)


def test_a_changed_copy_leaves_the_fields_that_others_were_given_alone() -> None:
    given = {name: FIELDS[name] for name in ("start", "end", "text", "kind")}
    first, second = Quantity.trusted(**given), Quantity.trusted(**given)
    assert first.model_copy(update={"unit": "EUR"}).model_fields_set == {*given, "unit"}
    assert first.model_fields_set == second.model_fields_set == set(given)
