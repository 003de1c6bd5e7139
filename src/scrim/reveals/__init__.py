"""Turns masked values back for those whom policy permits, with a record for each value.

`request` says what is asked for and what is answered, `desk` decides and answers, and `approvals`
keeps the requests that wait for somebody else's word.
"""
