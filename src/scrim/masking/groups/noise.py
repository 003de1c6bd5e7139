"""The noise of differential privacy: OpenDP's mechanisms, with the least noise for a loss.

OpenDP (opendp.org, MIT licence) samples from the exact discrete Laplace and Gaussian distributions
(Canonne, Kamath and Steinke 2020, arXiv:2004.00010), so that no rounding of floating-point numbers
leaks. Its randomness is the system's, and cannot be seeded: noise that could be repeated would be
no protection. Every mechanism is asked for the loss that it has before it is used.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import opendp.prelude as dp
from opendp.mod import OpenDPException

from scrim.masking.groups.loss import Loss
from scrim.masking.groups.requirements import GroupError

MAX_CANDIDATES: Final = 10_000
BISECTIONS: Final = 40

# Everything in OpenDP that is not proven in every detail asks for this; its noise needs it.
dp.enable_features("contrib")


@dataclass(frozen=True, slots=True)
class Noise:
    """A mechanism that is ready to answer.

    Attributes:
        scale: Laplace's scale, or the standard deviation of Gauss, in the units of the number.
    """

    scale: float
    _mechanism: Any

    def add(self, exact: int) -> int:
        """Return a number with noise; each call takes the loss again."""
        return int(self._mechanism(exact))


def number_noise(sensitivity: int, loss: Loss) -> Noise:
    """Return the noise for a whole number: Laplace's, or Gauss's where there is a delta.

    Args:
        sensitivity: By how much one subject can change the number.
        loss: What an answer may take.
    """
    make = _gaussian if loss.delta else _laplace
    return make(sensitivity, loss)


def noisy_quantile(
    values: Sequence[float],
    candidates: Sequence[float],
    share: float,
    contributions: int,
    loss: Loss,
) -> float:
    """Return one of the candidates, more likely the nearer it is to a quantile.

    The mechanism is OpenDP's private quantile: the candidate with the best score after noise, where
    a score is how far the numbers of values below and above are from what they should be.

    Args:
        values: The values, none of them NaN.
        candidates: What may be answered, ascending, without repetition.
        share: Share of the values below the quantile, from 0 to 1.
        contributions: How many values one subject can have.
        loss: What the answer takes, without delta.
    """
    space = dp.vector_domain(dp.atom_domain(T="f64", nan=False)), dp.symmetric_distance()

    def make(scale: float) -> Any:  # noqa: ANN401 - mechanisms of OpenDP
        return dp.m.make_private_quantile(
            *space, dp.max_divergence(), list(candidates), share, scale
        )

    # The loss is inversely proportional to the scale; the map at 1 gives the factor.
    scale = _enough(
        lambda tried: make(tried).map(contributions), make(1.0).map(contributions), loss
    )
    return float(make(scale)(list(values)))


def _laplace(sensitivity: int, loss: Loss) -> Noise:
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="i64")

    def cost(scale: float) -> float:
        return float(dp.m.make_laplace(*space, scale).map(sensitivity))

    scale = _enough(cost, float(sensitivity), loss)
    return Noise(scale, dp.m.make_laplace(*space, scale))


def _enough(cost: Callable[[float], float], factor: float, loss: Loss) -> float:
    """Return the least scale whose loss is allowed, given that loss is about factor by scale."""
    scale = factor / loss.epsilon
    for _ in range(BISECTIONS):
        if cost(scale) <= loss.epsilon:
            return scale
        scale *= 1 + 1e-12  # OpenDP rounds the loss up, by a unit in the last place or two
    raise GroupError("no scale of the noise has the loss that is asked for")


def _gaussian(sensitivity: int, loss: Loss) -> Noise:
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="f64")

    def make(scale: float) -> Any:  # noqa: ANN401
        return dp.m.make_gaussian(*space, scale)

    def allowed(scale: float) -> bool:
        curve = dp.c.make_fix_delta(dp.c.make_zCDP_to_approxDP(make(scale)), loss.delta)
        try:
            epsilon, _ = curve.map(float(sensitivity))
        except OpenDPException:  # so little noise that the loss is no number
            return False
        return bool(epsilon <= loss.epsilon)

    low, high = 0.0, float(sensitivity)
    while not allowed(high):
        low, high = high, high * 2
        if not math.isfinite(high):
            raise GroupError("no scale of the noise has the loss that is asked for")
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if allowed(middle) else (middle, high)
    return Noise(high, make(high))
