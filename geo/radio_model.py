"""What a radio model is, and the decorator that turns a function into one. One file per model in `geo/propagation/`.

A model is `f(paths, *, parameter, ...) -> (n,) dB`: how much weaker the signal is at the receiver than it left the
transmitter, between antennas without gain. It knows nothing of places, layers, power or thresholds. What it says is an
estimate, never a measurement.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any, Concatenate

import numpy as np

from geo.errors import InputError
from geo.indicator import Parameter, described
from geo.profiles import Numbers, Profiles

NEAREST_M = 10.0  # nothing is told apart below it: positions are not known better, and models hold from there on
LIGHT_M_S = 299_792_458.0
Loss = Callable[Concatenate["Paths", ...], Numbers]


@dataclass(frozen=True, slots=True)
class Paths:
    """n radio paths: their profiles, and (n,) MHz and heights of the antennas above the ground at both ends, metres."""

    profiles: Profiles
    mhz: Numbers
    from_m: Numbers
    to_m: Numbers

    def __len__(self) -> int:
        """How many there are."""
        return len(self.profiles)

    def __getitem__(self, rows: slice) -> "Paths":
        """Some of them."""
        return Paths(self.profiles[rows], self.mhz[rows], self.from_m[rows], self.to_m[rows])

    @property
    def metres(self) -> Numbers:
        """(n,) between the ends, never under `NEAREST_M`."""
        return np.maximum(self.profiles.metres, NEAREST_M)

    @property
    def wavelength_m(self) -> Numbers:
        """(n,) in a vacuum."""
        return LIGHT_M_S / (self.mhz * 1e6)

    @property
    def tops(self) -> tuple[Numbers, Numbers]:
        """(n,) each: heights of the two antennas above the sea."""
        return self.profiles.ground[:, 0] + self.from_m, self.profiles.ground[:, -1] + self.to_m

    def back(self) -> "Paths":
        """The same paths from receiver to transmitter."""
        return Paths(self.profiles.back(), self.mhz, self.to_m, self.from_m)


def paths(profiles: Profiles, mhz: Numbers | float, from_m: Numbers | float, to_m: Numbers | float) -> Paths:
    """Radio paths along profiles; one number stands for all of them.

    Raise `InputError` for a frequency or a height of an antenna that is not above 0; a missing height is unknown.
    """
    count = (len(profiles),)
    told = [np.broadcast_to(np.asarray(one, dtype=float), count) for one in (mhz, from_m, to_m)]
    if any((one <= 0).any() for one in told) or np.isnan(told[0]).any():
        raise InputError("a frequency and the heights of both antennas above the ground must be more than 0")
    return Paths(profiles, *told)


@dataclass(frozen=True, slots=True)
class RadioModel:
    """A model: titles, the text it follows, whether it reads the ground, its parameters with defaults, its function."""

    name: str
    vi: str
    en: str
    source: str
    terrain: bool
    function: Loss
    parameters: Mapping[str, Parameter]
    defaults: Mapping[str, Any]

    @property
    def doc(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    def loss_db(self, over: Paths, *, clutter_m: Numbers | float = 0.0, **settings: Any) -> Numbers:  # noqa: ANN401  its own parameters
        """Path loss (n,), dB; NaN where the height of an antenna, or ground that the model reads, is not known.

        `clutter_m`: height of trees and houses on the ground between the ends (`Profiles.raised`). Raise `InputError`
        for a setting that the model does not have or that is outside its range.
        """
        for name, value in settings.items():
            known = self.parameters.get(name)
            if known is None:
                raise InputError(f"{self.name} takes {sorted(self.parameters)}, got {name!r}")
            if not isinstance(value, str) and not known.low <= value <= known.high:
                raise InputError(f"{self.name}: {name} lies between {known.low:g} and {known.high:g}, got {value!r}")
        lost = np.isnan(over.from_m) | np.isnan(over.to_m)
        if self.terrain:
            over = replace(over, profiles=over.profiles.raised(clutter_m))
            lost |= ~over.profiles.known
        return np.where(lost, np.nan, self.function(over, **settings))


MODELS: dict[str, RadioModel] = {}


def radio_model(*, vi: str, en: str, source: str, terrain: bool = True) -> Callable[[Loss], Loss]:
    """Register a function as the model of its name; `ValueError` where it is taken, `TypeError` for an undescribed
    parameter.
    """

    def register(function: Loss) -> Loss:
        name, given = function.__name__, list(signature(function).parameters.values())[1:]
        if name in MODELS:
            raise ValueError(f"radio model {name!r} is already registered")
        said = described(function, [one.name for one in given])
        defaults = {one.name: one.default for one in given}
        MODELS[name] = RadioModel(name, vi, en, source, terrain, function, said, defaults)
        return function

    return register


def known_model(name: str) -> RadioModel:
    """The model of that name; `InputError` where there is none."""
    if name not in MODELS:
        raise InputError(f"unknown radio model {name!r}; known: {', '.join(sorted(MODELS))}")
    return MODELS[name]
