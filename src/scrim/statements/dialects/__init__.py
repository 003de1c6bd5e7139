"""Statements of other data stores than PostgreSQL, read by sqlglot into the same facts.

    text -> lexical (bounds, and what stores read in different ways) -> sqlglot's tree
         -> statements, queries, expressions (facts) -> scrim.statements.lineage (where columns go)

`reading` is what others use. It fails closed: what sqlglot cannot parse, reads as a mere command or
might read otherwise than the data store is refused, and every expression that nobody reviewed
carries all that the statement touches.
"""
