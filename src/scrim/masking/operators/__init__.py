"""One file for each operator, found by its `OPERATOR` declaration.

A new operator is one file here and its implementation in the kernel (`rust/mask/src/operators`).
"""
