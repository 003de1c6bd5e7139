"""Decides by Cedar policies who may do what, and which columns stay raw for whom.

`bundle` loads and checks the policies, `engine` answers questions, `grants` remembers the answers
for one principal and connection. Whatever is not permitted is denied: no policy, an error while a
policy is evaluated, and an obligation that nothing enforces all mean no.
"""
