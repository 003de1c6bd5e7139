"""Operators on whole tables: groups that are large enough, and statistics with noise.

What the operators of `scrim.masking.operators` do to a value, these do to a table of Arrow: small
groups are suppressed (`minimum`), quasi-identifiers are generalised until every combination of
them is shared (`anonymity`), and counts, sums, means and quantiles are answered with noise
(`statistics`) out of a budget (`budget`). `scrim.privacy` is what programs call.
"""
