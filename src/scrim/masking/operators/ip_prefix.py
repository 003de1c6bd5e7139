"""The network that an address is in."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Operator

MAX_V4 = 28
MAX_V6 = 64


class IpPrefixOptions(BaseModel):
    """How many bits stay."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    v4: int = Field(default=24, ge=0, le=MAX_V4, description="Bits kept of an IPv4 address.")
    v6: int = Field(
        default=48,
        ge=0,
        le=MAX_V6,
        description="Bits kept of an IPv6 address; 56 or 64 are often one household.",
    )


OPERATOR = Operator(
    name="ip_prefix",
    description=(
        "Sets the bits of an IP address behind its prefix to zero. An address alone stays one, and "
        "a network is widened to the prefix; one that is as wide already stays as it is."
    ),
    accepts=Accepts.NETWORK,
    keeps="the network, order",
    options=IpPrefixOptions,
)
