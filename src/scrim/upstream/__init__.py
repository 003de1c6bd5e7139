"""The gateway's own connections to data stores: how they are opened, kept, cleaned and shared.

`pool.py` is what a session asks for a connection, `connector.py` opens one, `connection.py` is one.
Nothing here knows a protocol: a `scrim.wire.UpstreamDialect` is handed in.
"""
