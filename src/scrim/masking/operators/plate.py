"""A vehicle's registration."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="plate",
    description="Replaces the registration of a vehicle by another of the same layout.",
    keeps="layout, and the state of an Indian registration",
    survives=(
        "Joins, uniqueness, and the layout by which a country is known. Letters that a "
        "country does not use stay unused."
    ),
    lost="District, year, and the order of issue.",
    attack=(
        "A keyed permutation: known pairs say nothing of others. Another registration may "
        "belong to somebody."
    ),
    examples=(
        Example("AB12 CDE", domain="vehicle.licence_plate"),
        Example("M-AB 1234", domain="vehicle.licence_plate"),
        Example("1234 BCD", domain="vehicle.licence_plate"),
    ),
)
