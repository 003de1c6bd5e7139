"""Proves who a client is: passwords, tokens and certificates in, a Principal or one refusal out.

`authenticator.py` is the door; the other modules are the ways through it. None of them knows a
protocol: they speak in the challenges and credentials of `scrim.wire`.
"""
