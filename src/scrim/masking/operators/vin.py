"""A vehicle's number."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="vin",
    description=(
        "Replaces a vehicle's number by one with a valid check digit, of a manufacturer that "
        "does not exist."
    ),
    survives=(
        "Joins, validity, and uniqueness among vehicles of one region of the world; across "
        "regions in practice."
    ),
    lost="Manufacturer, model, year and order of making.",
    attack=(
        "A keyed permutation under the first character: known pairs say nothing of other "
        "numbers. Codes from `GA` to `G0` are assigned to no country (ISO 3780), so no real "
        "vehicle has such a number."
    ),
    examples=(
        Example("1HGCM82633A004352", domain="vehicle.vin"),
        Example("wvw zzz1jz 3w386752", domain="vehicle.vin"),
    ),
)
