"""The same formulas of OpenFisca-core, with simulations from its SimulationBuilder.

That is how its documentation makes them; the builder holds an id for each person.
"""

from __future__ import annotations

from benchmarks.columns.data import Array
from benchmarks.columns.peers.openfisca import YEAR, Loaded
from benchmarks.columns.peers.openfisca import hundredths as hundredths
from benchmarks.columns.peers.openfisca import load as load
from openfisca_core.simulations import SimulationBuilder


def score(loaded: Loaded) -> Array:
    """Every person's total in points, from a new simulation."""
    count = len(next(iter(loaded.columns.values())))
    simulation = SimulationBuilder().build_default_simulation(loaded.system, count)
    for name, values in loaded.columns.items():
        simulation.set_input(name, YEAR, values)
    totals: Array = simulation.calculate("total", YEAR)
    return totals
