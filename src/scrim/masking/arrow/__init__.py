"""Masks Arrow batches by the rules by which the gateway masks results.

`kinds` says what PostgreSQL would call a type, `cells` hands one array to the kernel, `tree` walks
lists, structs and maps down to such arrays, `verdicts` says what each of them holds, and `masker`
does a stream of batches with it. `api` is `scrim.mask`.
"""
