"""Other degrees of latitude and longitude."""

from scrim.masking.declaration import Accepts, Example, Operator

_REAL = {"kind": "float8"}

OPERATOR = Operator(
    name="coordinates",
    description=(
        "Replaces decimal degrees by others with as many digits after the point: a text with "
        "latitude and longitude as a pair, a single number of up to 90 degrees by another of up "
        "to 90, since it may be a latitude, and one beyond by another of up to 180. What is no "
        "place on Earth, or has more than twenty digits after the point, becomes NULL, or keyed "
        "words in a text, as does a text with a zero before its digits."
    ),
    accepts=Accepts.COORDINATE,
    keeps="how many digits there are, what stands around and between them, and whether a single "
    "number is beyond 90",
    reversible=True,
    limits="floating point numbers stay masked, as does what is no place on Earth",
    survives="Joins and uniqueness: equal places stay equal, and different ones different.",
    lost=(
        "Where it is, distances and neighbourhood. The new place may lie in the sea. A pair in one "
        "text is not the same place as two numbers in two columns."
    ),
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs say "
        "nothing of other places. A place of few digits, or one at which many rows are, can be "
        "guessed from how often it occurs. For figures by region use `geo_round`."
    ),
    examples=(
        Example("48.8566, 2.3522", domain="contact.coordinates"),
        Example("(52.520008,-13.404954)", domain="contact.coordinates"),
        Example("48.8566", domain="contact.coordinates"),
        Example("48.8566", type_spec=_REAL, domain="contact.coordinates"),
        Example("151.2093", type_spec=_REAL, domain="contact.coordinates"),
    ),
)
