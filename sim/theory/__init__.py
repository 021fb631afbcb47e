"""Solution concepts and closed forms to compare the model with; usable without running the model.

Bargaining problems and their Nash, Kalai-Smorodinsky, egalitarian and utilitarian points;
Rubinstein's split and his equilibrium over issues; optimal and Nash tariffs; extending or lapsing
as a two-by-two game; mean waiting times in queues.
"""

from sim.theory.games import Equilibrium, equilibria, extension_game
from sim.theory.problem import BargainingProblem, Point, problem_at
from sim.theory.queues import deterministic_wait, feedback_wait
from sim.theory.rubinstein import alternating_offers, limit_split, rubinstein_split
from sim.theory.solutions import egalitarian, frontier, ideal, kalai_smorodinsky, nash, utilitarian
from sim.theory.tariffs import Importer, best_tariff, nash_tariffs, optimal_tariff

__all__ = [
    "BargainingProblem",
    "Equilibrium",
    "Importer",
    "Point",
    "alternating_offers",
    "best_tariff",
    "deterministic_wait",
    "egalitarian",
    "equilibria",
    "extension_game",
    "feedback_wait",
    "frontier",
    "ideal",
    "kalai_smorodinsky",
    "limit_split",
    "nash",
    "nash_tariffs",
    "optimal_tariff",
    "problem_at",
    "rubinstein_split",
    "utilitarian",
]
