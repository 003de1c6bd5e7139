from __future__ import annotations

import json

import pytest

from scrim.statements.catalog import Catalog, CatalogError
from tests.unit.statements.sample_schema import (
    identifiers,
    sample_catalog,
    sample_snapshot,
)


def test_relations_are_found_by_identifier_and_by_name() -> None:
    catalog = sample_catalog()
    found = catalog.relation(identifiers()["public", "staff"])
    assert found is not None
    assert (found.schema, found.name, found.kind, found.is_view) == ("public", "staff", "r", False)
    assert catalog.relation(1) is None
    assert [relation.schema for relation in catalog.named("app", "customers")] == ["app"]
    assert len(catalog) == len(list(catalog.relations()))


def test_a_name_without_a_schema_means_every_relation_of_that_name() -> None:
    found = sample_catalog().named(None, "customers")
    assert {relation.schema for relation in found} == {"public", "app"}
    assert sample_catalog().named(None, "nobody") == ()


def test_columns_are_in_order() -> None:
    catalog = sample_catalog()
    oid = identifiers()["public", "customers"]
    assert [column.name for column in catalog.columns(oid)] == ["id", "email", "name", "city"]
    second = catalog.column(oid, 2)
    assert second is not None
    assert second.name == "email"
    assert catalog.column(oid, 9) is None
    assert catalog.columns(1) == ()


def test_relatives_are_ancestors_and_descendants() -> None:
    catalog, ids = sample_catalog(), identifiers()
    family = {ids["app", "people"], ids["app", "employees"]}
    assert catalog.relatives(ids["app", "people"]) == family
    assert catalog.relatives(ids["app", "employees"]) == family
    assert catalog.relatives(ids["public", "staff"]) == {ids["public", "staff"]}


def test_equal_schemas_have_equal_digests() -> None:
    assert sample_catalog().digest == sample_catalog().digest
    assert sample_catalog().digest != sample_catalog(functions=[["public", "f", None]]).digest


def test_operators_and_casts_of_reviewed_extensions_are_trusted() -> None:
    catalog = sample_catalog(
        operators=[["public", "@>", "hstore"], ["public", "<<>>", None]],
        casts=[["hstore", "i", "hstore"], ["money_type", "e", None]],
    )
    assert not catalog.has_unreviewed_operator(None, "@>")
    assert catalog.has_unreviewed_operator(None, "<<>>")
    assert not catalog.has_unreviewed_operator("pg_catalog", "<<>>")
    assert catalog.unreviewed_casts == {"money_type"}
    assert not catalog.has_unreviewed_implicit_cast
    assert sample_catalog(casts=[["t", "a", None]]).has_unreviewed_implicit_cast


def test_a_domain_with_the_name_of_a_system_type_is_no_known_cast() -> None:
    def type_(oid: int, schema: str, name: str, kind: str) -> list[object]:
        return [oid, schema, name, kind, "S", 0, 0, -1, 0, ",", -1]

    snapshot = sample_snapshot()
    snapshot["types"] = [
        type_(25, "pg_catalog", "text", "b"),
        type_(114, "pg_catalog", "json", "b"),
        type_(90001, "public", "text", "d"),
        type_(90002, "public", "postal_code", "d"),
    ]
    assert Catalog.from_json(json.dumps(snapshot)).unreviewed_casts == {"text"}


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"version": "x"}', "[" * 100])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(CatalogError) as caught:
        Catalog.from_json(text)
    assert "snapshot" in str(caught.value)


def test_a_snapshot_with_a_wrong_list_is_refused() -> None:
    snapshot = sample_snapshot() | {"columns": 7}
    with pytest.raises(CatalogError):
        Catalog.from_json(json.dumps(snapshot))
