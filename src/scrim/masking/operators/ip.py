"""An address from a network that is routed nowhere."""

from scrim.masking.declaration import Accepts, Example, Operator

OPERATOR = Operator(
    name="ip",
    description="Replaces an IP address by one from a reserved network.",
    accepts=Accepts.NETWORK,
    survives="Joins, also with columns of type inet.",
    lost="The network: addresses of one network are no longer alike, and the country.",
    attack=(
        "A keyed permutation for version 4, a keyed hash for version 6: known pairs say nothing of "
        "other addresses. Those of version 4 become addresses of 240.0.0.0/4, which are never "
        "routed; only addresses that differ in their first four bits can meet."
    ),
    examples=(
        Example("10.1.2.3", domain="network.ipv4"),
        Example("2001:470::1", domain="network.ipv6"),
        Example("10.1.2.3", type_spec={"kind": "inet"}, domain="network.ipv4"),
    ),
)
