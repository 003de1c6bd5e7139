"""Says what becomes of each result column; the kernel then does it to every cell.

`operators` holds one file for each way to replace a value, `choice` says which entity gets which,
`rewriter` turns the decisions about a result into a plan that the kernel compiles, and `keys`
loads the key from which everything that is replaced follows.
"""
