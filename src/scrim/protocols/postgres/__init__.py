"""The PostgreSQL protocol, versions 3.0 and 3.2, sans-IO (PostgreSQL manual, chapter 54).

- `framing`, `messages`, `errors`, `startup_packets`: messages as bytes and back
- `startup`: the gateway's side of a client's startup
- `upstream_startup`, `exchanges`, `scram_client`, `dialect`: its side of a server's
- `settings`: what a client asks for at its startup
- `codec`, `rows`, `scrub`: the established session, between the kernel's relay and the decisions
"""
