"""Statements: what they do, what they touch, and where each column of their results comes from.

- `facts` reads what the kernel's parser found in a statement string.
- `catalog` is a snapshot of a data store's schema, loaded with the text in `catalog_queries`.
- `classify` says which permissions a statement needs, and what only raw access may do.
- `lineage` resolves every result column to the base columns that can flow into it.

Sound before precise: what is not understood is unknown, and whoever asks masks or refuses it.
"""
