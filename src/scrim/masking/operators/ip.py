"""An address from a network that is routed nowhere."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="ip",
    description="Replaces an IP address by one from a reserved network.",
    accepts=Accepts.NETWORK,
)
