"""The process side of the gateway: sockets, TLS, workers and the pages that operators read.

`supervisor` starts one `worker` process per core; each worker's `listener` accepts on the shared
port and hands every connection to `gateway`, whose `session` moves the bytes. `control` is the line
between the supervisor and its workers, `reload` checks a new configuration before anybody uses it,
and `admin` answers `/metrics`, `/healthz` and `/readyz`. This is the only layer with asyncio on the
data path.
"""
