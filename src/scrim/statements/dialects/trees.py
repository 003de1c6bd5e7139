"""Walks over sqlglot's trees."""

from collections.abc import Iterator

from sqlglot import exp


def children(node: exp.Expr) -> Iterator[exp.Expr]:
    """Give the nodes right below a node."""
    for value in node.args.values():
        if isinstance(value, exp.Expr):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, exp.Expr))


def expressions_of(node: object) -> Iterator[exp.Expr]:
    """Give the expressions of a clause, without the clause itself."""
    if isinstance(node, list):
        for one in node:
            yield from expressions_of(one)
    elif isinstance(node, exp.Tuple | exp.Ordered | exp.Query | exp.Condition):
        yield node
    elif isinstance(node, exp.Expr):
        for child in children(node):
            yield from expressions_of(child)


def inside(nodes: object, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Give the nodes of a kind in expressions, but for those in subqueries."""
    pending = [one for one in nodes if isinstance(one, exp.Expr)] if isinstance(nodes, list) else []
    pending.reverse()
    while pending:
        node = pending.pop()
        if isinstance(node, kind):
            yield node
        if not isinstance(node, exp.Query):
            pending += reversed(list(children(node)))
