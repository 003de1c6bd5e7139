"""The statement that loads a catalog snapshot, for PostgreSQL 13 to 18.

One statement, one row, one text column, so that any connection can run it in one round trip. Every
name is qualified, because the search path may be anybody's. Lists are JSON arrays in a fixed order
of fields, which `scrim.statements.catalog` reads; both change together.
"""

from typing import Final

# Temporary relations are those of the gateway's own sessions: nobody else's can be meant.
_NAMEABLE: Final = """
(n.nspname !~ '^pg_(toast|temp_)'
 OR n.nspname ~ '^pg_temp_' AND c.relowner = (
     SELECT a.oid FROM pg_catalog.pg_roles a WHERE a.rolname = SESSION_USER))
"""

# A trigger in the place of a view's statement (64 is `TRIGGER_TYPE_INSTEAD`) says what it returns.
_RELATIONS: Final = f"""
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    c.oid::bigint, n.nspname, c.relname, c.relkind, c.reltype::bigint,
    EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite r
            WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN')
    OR EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t
               WHERE t.tgrelid = c.oid AND t.tgtype & 64 <> 0)) ORDER BY c.oid)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND {_NAMEABLE}
"""  # noqa: S608 - made of constants

_COLUMNS: Final = f"""
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(oid, columns) ORDER BY oid)
FROM (
    SELECT a.attrelid::bigint AS oid, pg_catalog.json_agg(pg_catalog.json_build_array(
        a.attnum, a.attname, a.atttypid::bigint, a.atttypmod, a.attnotnull, a.attgenerated)
        ORDER BY a.attnum) AS columns
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND a.attnum > 0 AND NOT a.attisdropped
      AND {_NAMEABLE}
    GROUP BY a.attrelid
) AS grouped
"""  # noqa: S608 - made of constants

# Row types of tables, and arrays of them, are left out: there are two for each table.
_TYPES: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    t.oid::bigint, n.nspname, t.typname, t.typtype, t.typcategory, t.typelem::bigint,
    t.typbasetype::bigint, t.typtypmod, t.typrelid::bigint, t.typdelim, t.typlen) ORDER BY t.oid)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
LEFT JOIN pg_catalog.pg_class ec ON ec.oid = e.typrelid
WHERE (c.oid IS NULL OR c.relkind = 'c') AND (ec.oid IS NULL OR ec.relkind = 'c')
"""

_ENUMS: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(oid, labels) ORDER BY oid)
FROM (
    SELECT e.enumtypid::bigint AS oid,
           pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum e GROUP BY e.enumtypid
) AS grouped
"""

# The column for multiranges came with PostgreSQL 14, so it is read by name from the row.
_RANGES: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    r.rngtypid::bigint, r.rngsubtype::bigint,
    (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::bigint) ORDER BY r.rngtypid)
FROM pg_catalog.pg_range r
"""

_INHERITS: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    i.inhrelid::bigint, i.inhparent::bigint) ORDER BY i.inhrelid, i.inhparent)
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
WHERE c.relkind IN ('r', 'p', 'f')
"""

_VIEWS: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    c.oid::bigint, pg_catalog.pg_get_viewdef(c.oid)) ORDER BY c.oid)
FROM pg_catalog.pg_class c
WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384
"""

_VIEW_RELATIONS: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(viewed, used) ORDER BY viewed, used)
FROM (
    SELECT DISTINCT r.ev_class::bigint AS viewed, d.refobjid::bigint AS used
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_depend d
      ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
    WHERE r.rulename = '_RETURN' AND r.ev_class >= 16384 AND d.refobjid <> r.ev_class
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
) AS edges
"""

_GENERATED: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    a.attrelid::bigint, a.attnum, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
    ORDER BY a.attrelid, a.attnum)
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attgenerated <> '' AND NOT a.attisdropped
"""

# Columns that were added with a default, which the catalog holds for the rows that are older.
_MISSING: Final = """
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attrelid::bigint, a.attname)
                           ORDER BY a.attrelid, a.attname)
FROM pg_catalog.pg_attribute a
WHERE a.atthasmissing AND NOT a.attisdropped AND a.attrelid >= 16384
"""

_EXTENSION: Final = """
(SELECT x.extname FROM pg_catalog.pg_depend d
 JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
 WHERE d.deptype = 'e' AND d.objid = o.oid
   AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
   AND d.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass LIMIT 1)
"""

# Names of the columns that a function has in FROM: none for a single value without a name of its
# own, and NULL where only a call shows how many there are.
_RESULT_COLUMNS: Final = """
CASE
    WHEN outputs.count > 1 THEN outputs.names
    WHEN rt.typtype = 'c' THEN (
        SELECT pg_catalog.json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = rt.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
    WHEN rt.typtype = 'd' OR rt.typname IN ('record', 'anyelement', 'anynonarray', 'anycompatible',
                                            'anycompatiblenonarray') THEN NULL
    WHEN outputs.named THEN outputs.names
    ELSE '[]'
END
"""

_RESULT_TABLES: Final = """
JOIN pg_catalog.pg_type rt ON rt.oid = o.prorettype
CROSS JOIN LATERAL (
    SELECT pg_catalog.count(*) AS count,
           coalesce(pg_catalog.bool_and(name <> ''), false) AS named,
           pg_catalog.json_agg(CASE WHEN name <> '' THEN name ELSE 'column' || place END
                               ORDER BY place) AS names
    FROM (
        SELECT listed.name, pg_catalog.row_number() OVER (ORDER BY listed.place) AS place
        FROM ROWS FROM (pg_catalog.unnest(o.proargnames), pg_catalog.unnest(o.proargmodes))
            WITH ORDINALITY AS listed (name, mode, place)
        WHERE listed.mode IN ('o', 'b', 't')
    ) AS numbered
) AS outputs
"""

_BUILT_IN: Final = f"""
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    o.oid::bigint, o.proname, o.proretset, {_RESULT_COLUMNS}) ORDER BY o.oid)
FROM pg_catalog.pg_proc o
{_RESULT_TABLES}
WHERE o.oid < 16384 AND o.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
"""  # noqa: S608 - made of constants

# The body of a SQL function, and names of its arguments. Where it is stored as parsed, the whole
# definition has it. A default that calls a function is beyond the body.
_ROUTINES: Final = f"""
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    o.oid::bigint, n.nspname, o.proname, o.proretset, {_RESULT_COLUMNS},
    CASE WHEN l.lanname <> 'sql' OR o.prokind <> 'f'
           OR pg_catalog.pg_get_expr(o.proargdefaults, 0) LIKE '%(%' THEN NULL
         WHEN pg_catalog.to_jsonb(o) ->> 'prosqlbody' IS NULL THEN o.prosrc
         ELSE pg_catalog.pg_get_functiondef(o.oid) END,
    o.proargnames, {_EXTENSION.format(catalog="pg_proc")}) ORDER BY o.oid)
FROM pg_catalog.pg_proc o
JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = o.prolang
{_RESULT_TABLES}
WHERE o.oid >= 16384
"""  # noqa: S608 - made of constants

_FUNCTIONS: Final = f"""
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(nspname, name, extension)
                           ORDER BY nspname, name, extension)
FROM (
    SELECT DISTINCT n.nspname, o.proname AS name,
           {_EXTENSION.format(catalog="pg_proc")} AS extension
    FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
    WHERE o.oid >= 16384
) AS listed
"""  # noqa: S608 - made of constants

# `(value).name` calls these too.
_ATTRIBUTES: Final = """
SELECT pg_catalog.json_agg(DISTINCT p.proname)
FROM pg_catalog.pg_proc p
WHERE p.pronargs >= 1 AND p.pronargs - p.pronargdefaults <= 1
"""

# Whether all operators of a name only say yes or no.
_OPERATORS: Final = f"""
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(nspname, name, extension, decides)
                           ORDER BY nspname, name, extension)
FROM (
    SELECT nspname, name, extension,
           pg_catalog.bool_and(result = 'pg_catalog.bool'::pg_catalog.regtype) AS decides
    FROM (
        SELECT n.nspname, o.oprname AS name, o.oprresult AS result,
               {_EXTENSION.format(catalog="pg_operator")} AS extension
        FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
        WHERE o.oid >= 16384
    ) AS each
    GROUP BY nspname, name, extension
) AS listed
"""  # noqa: S608 - made of constants

_CASTS: Final = f"""
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(typname, castcontext, extension)
                           ORDER BY typname, castcontext, extension)
FROM (
    SELECT DISTINCT t.typname, o.castcontext,
           {_EXTENSION.format(catalog="pg_cast")} AS extension
    FROM pg_catalog.pg_cast o JOIN pg_catalog.pg_type t ON t.oid = o.casttarget
    WHERE o.oid >= 16384 AND o.castmethod = 'f'
) AS listed
"""  # noqa: S608 - made of constants

LOAD: Final = f"""SELECT pg_catalog.json_build_object(
'version', pg_catalog.current_setting('server_version_num')::int,
'database', pg_catalog.current_database(),
'relations', ({_RELATIONS}),
'columns', ({_COLUMNS}),
'types', ({_TYPES}),
'enums', ({_ENUMS}),
'ranges', ({_RANGES}),
'inherits', ({_INHERITS}),
'views', ({_VIEWS}),
'view_relations', ({_VIEW_RELATIONS}),
'generated', ({_GENERATED}),
'missing', ({_MISSING}),
'functions', ({_FUNCTIONS}),
'built_in', ({_BUILT_IN}),
'routines', ({_ROUTINES}),
'attributes', ({_ATTRIBUTES}),
'operators', ({_OPERATORS}),
'casts', ({_CASTS})
)::text"""
"""Returns the snapshot that `Catalog.from_json` reads."""
