from __future__ import annotations

import pytest

from scrim.statements.essence import essence, facts_of
from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.unit.statements.sample_schema import sample_catalog, spoken

KINDS = ("filter", "join", "group", "order")


def influences(sql: str) -> dict[str, str]:
    """What influences a statement's rows; the same is worked out from its essence."""
    (facts,) = read(sql)
    lineage = Lineage(sample_catalog())
    found = lineage.influences(facts)
    (kept,) = facts_of(essence(sql.encode()))
    assert lineage.influences(kept) == found
    return {kind: spoken(origins.to_origin()) for kind, origins in found.items()}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT email FROM public.customers", {}),
        ("SELECT lower(email) AS e FROM public.customers LIMIT 5", {}),
        # Conditions.
        ("SELECT id FROM public.customers WHERE email = 'x'", {"filter": "customers.email"}),
        ("SELECT id FROM public.customers WHERE lower(email) LIKE 'a%' AND city = 'x'",
         {"filter": "customers.city customers.email"}),
        ("SELECT city FROM public.customers GROUP BY city HAVING max(email) > 'x'",
         {"filter": "customers.email", "group": "customers.city"}),
        ("SELECT count(*) FILTER (WHERE email = 'x') FROM public.customers",
         {"filter": "customers.email"}),
        ("SELECT count(CASE WHEN email = 'x' THEN 1 END) FROM public.customers",
         {"filter": "customers.email"}),
        ("SELECT count(email) FROM public.customers", {}),
        ("SELECT email IS NULL FROM public.customers", {}),
        ("SELECT id FROM public.customers LIMIT (SELECT length(email) FROM public.staff)",
         {"filter": "staff.email"}),
        ("DELETE FROM public.customers WHERE email = 'x'", {"filter": "customers.email"}),
        ("UPDATE public.customers SET city = 'x' WHERE email = 'x'", {"filter": "customers.email"}),
        ("INSERT INTO orders (id) SELECT id FROM public.customers WHERE email = 'x'",
         {"filter": "customers.email"}),
        ("INSERT INTO public.staff VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET id = 2 "
         "WHERE staff.email = excluded.email", {"filter": "staff.email"}),
        ("MERGE INTO public.staff s USING public.customers c ON s.email = c.email "
         "WHEN MATCHED AND c.city = 'x' THEN DELETE",
         {"join": "customers.email staff.email", "filter": "customers.city"}),
        # Subqueries.
        ("SELECT id FROM public.customers WHERE id IN (SELECT id FROM public.staff "
         "WHERE email = 'x')", {"filter": "customers.id staff.email staff.id"}),
        ("SELECT EXISTS (SELECT 1 FROM public.customers WHERE email = 'x')",
         {"filter": "customers.email"}),
        ("SELECT id FROM public.staff s WHERE EXISTS (SELECT 1 FROM public.customers c "
         "WHERE c.email = s.email)", {"filter": "customers.email staff.email"}),
        ("SELECT (SELECT count(*) FROM public.customers WHERE email = 'x')",
         {"filter": "customers.email"}),
        ("SELECT * FROM (SELECT id FROM public.customers WHERE email = 'x') t",
         {"filter": "customers.email"}),
        ("WITH t AS (SELECT id FROM public.customers WHERE email = 'x') SELECT 1",
         {"filter": "customers.email"}),
        ("SELECT 1 FROM (SELECT email AS e FROM public.customers) t WHERE e = 'x'",
         {"filter": "customers.email"}),
        ("SELECT id FROM public.simple_view WHERE mail = 'x'",
         {"filter": "customers.email simple_view.mail"}),
        ("UPDATE public.staff SET id = (SELECT id FROM public.customers WHERE email = 'x')",
         {"filter": "customers.email"}),
        # Joins.
        ("SELECT 1 FROM public.staff s JOIN public.customers c ON s.email = c.email",
         {"join": "customers.email staff.email"}),
        ("SELECT 1 FROM public.staff s JOIN public.customers c USING (email)",
         {"join": "customers.email staff.email"}),
        ("SELECT 1 FROM public.staff s NATURAL JOIN public.customers c",
         {"join": "customers.email customers.id staff.email staff.id"}),
        # Grouping.
        ("SELECT count(*) FROM public.customers GROUP BY email", {"group": "customers.email"}),
        ("SELECT count(*) FROM public.customers GROUP BY CUBE (email, city)",
         {"group": "customers.city customers.email"}),
        ("SELECT DISTINCT email FROM public.customers", {"group": "customers.email"}),
        ("SELECT DISTINCT ON (email) id FROM public.customers", {"group": "customers.email"}),
        ("SELECT count(DISTINCT email) FROM public.customers", {"group": "customers.email"}),
        ("SELECT email FROM public.customers UNION SELECT email FROM public.staff",
         {"group": "customers.email staff.email"}),
        ("SELECT email FROM public.customers UNION ALL SELECT email FROM public.staff", {}),
        ("SELECT email FROM public.customers INTERSECT SELECT 'x'", {"filter": "customers.email"}),
        ("SELECT upper(email) AS id, count(*) FROM public.customers GROUP BY 1",
         {"group": "customers.email"}),
        # The column goes before the alias; either may be meant as far as is known here.
        ("SELECT upper(email) AS id, count(*) FROM public.customers GROUP BY id",
         {"group": "customers.email customers.id"}),
        ("SELECT upper(email) AS e, count(*) FROM public.customers GROUP BY e",
         {"group": "customers.email"}),
        # Order.
        ("SELECT id FROM public.customers ORDER BY email", {"order": "customers.email"}),
        ("SELECT upper(email) AS x FROM public.customers ORDER BY x",
         {"order": "customers.email"}),
        ("SELECT upper(email) AS id FROM public.customers ORDER BY id",
         {"order": "customers.email"}),
        ("SELECT *, 1 FROM public.staff ORDER BY 2", {"order": "staff.email"}),
        ("SELECT email AS a, id FROM public.staff UNION ALL SELECT city, id FROM public.customers "
         "ORDER BY a", {"order": "customers.city staff.email"}),
        ("SELECT row_number() OVER (PARTITION BY city ORDER BY email) FROM public.customers",
         {"group": "customers.city", "order": "customers.email"}),
        ("SELECT sum(id) OVER w FROM public.customers WINDOW w AS (ORDER BY email)",
         {"order": "customers.email"}),
        ("SELECT array_agg(id ORDER BY email) FROM public.customers", {"order": "customers.email"}),
        ("SELECT rank('x') WITHIN GROUP (ORDER BY email) FROM public.customers",
         {"filter": "customers.email"}),
        # Rows that are made.
        ("SELECT 1 FROM public.customers c, generate_series(1, length(c.email)) g",
         {"filter": "customers.email"}),
        # Statements around another.
        ("EXPLAIN SELECT 1 FROM public.customers WHERE email = 'x'", {"filter": "customers.email"}),
        ("DECLARE c CURSOR FOR SELECT 1 FROM public.staff WHERE email = 'x'",
         {"filter": "staff.email"}),
        ("COPY (SELECT 1 FROM public.staff WHERE email = 'x') TO STDOUT",
         {"filter": "staff.email"}),
        ("CREATE TABLE x AS SELECT 1 FROM public.staff WHERE email = 'x'",
         {"filter": "staff.email"}),
        ("CREATE VIEW x AS SELECT 1 FROM public.staff WHERE email = 'x'",
         {"filter": "staff.email"}),
        # What is not understood.
        ("SELECT 1 FROM public.staff WHERE mystery(id)", {"filter": "staff.email staff.id ?"}),
        ("SELECT mystery((SELECT 1 FROM public.staff WHERE email = 'x'))",
         {"filter": "staff.email staff.id ?"}),
        ("EXECUTE p", {"filter": "?"}),
        ("SHOW server_version", {}),
    ],
)  # fmt: skip
def test_what_decides_which_rows_there_are_is_found(sql: str, expected: dict[str, str]) -> None:
    assert influences(sql) == expected


def test_only_four_kinds_are_told() -> None:
    sql = "SELECT (SELECT 1 WHERE EXISTS (SELECT 1 FROM public.staff WHERE email = 'x')) ORDER BY 1"
    assert set(influences(sql)) <= set(KINDS)
