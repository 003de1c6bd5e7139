from __future__ import annotations

import re

from scrim.cli.demo_data import CUSTOMERS, load_script, luhn_digit, people, tables


def test_the_shop_is_the_same_every_time() -> None:
    assert load_script() == load_script()


def test_card_numbers_pass_the_luhn_check_and_are_of_the_test_range() -> None:
    for person in people():
        digits = person.card.replace(" ", "")
        assert digits.startswith("400000")
        assert len(digits) == 16
        assert luhn_digit(digits[:-1]) == digits[-1]


def test_nobody_can_be_reached() -> None:
    for person in people():
        assert re.fullmatch(r"[a-z.]+\d+@example\.(com|org|net)", person.email)
        assert re.fullmatch(r"\+1-\d{3}-555-01\d\d", person.phone)


def test_customers_are_told_apart_by_their_mail_address() -> None:
    assert len({person.email for person in people()}) == CUSTOMERS


def test_telephone_numbers_are_each_of_one_customer() -> None:
    assert len({person.phone for person in people()}) == CUSTOMERS


def test_most_readers_of_the_newsletter_are_customers() -> None:
    newsletter = next(table for table in tables() if table.name == "newsletter")
    readers = [row[0] for row in newsletter.rows]
    customers = {person.email for person in people()}
    assert len(set(readers)) == len(readers)
    assert 0 < len(customers.intersection(readers)) < len(readers)


def test_every_row_has_as_many_cells_as_its_neighbours() -> None:
    for table in tables():
        assert table.rows
        assert len({len(row) for row in table.rows}) == 1


def test_free_text_names_nobody_and_holds_what_has_to_be_found() -> None:
    tickets = next(table for table in tables() if table.name == "tickets")
    bodies = " ".join(str(row[-1]) for row in tickets.rows)
    assert "@example." in bodies
    assert "-555-01" in bodies
    assert "4000 00" in bodies
    assert not any(person.family in bodies for person in people())
