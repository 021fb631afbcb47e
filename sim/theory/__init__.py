"""Solution concepts and closed forms to compare the model with; usable without running the model.

Bargaining problems, continuous or lists of outcomes, and their Nash, Kalai-Smorodinsky, egalitarian
and utilitarian points; Rubinstein's split and his equilibrium over issues; optimal and Nash
tariffs, and duties where third countries sell too; extending or lapsing as a two-by-two game; mean
waiting times in queues; offers where prices are private.
"""

from sim.theory.games import Equilibrium, equilibria, extension_game
from sim.theory.listed import OutcomeList
from sim.theory.nested import GroupImporter, GroupMarket, best_duty, optimal_duty
from sim.theory.private_prices import gains_of_trade, price_sequence, screening_meetings
from sim.theory.problem import BargainingProblem, Point, problem_at
from sim.theory.queues import deterministic_wait, feedback_wait
from sim.theory.rubinstein import alternating_offers, limit_split, rubinstein_split
from sim.theory.solutions import egalitarian, frontier, ideal, kalai_smorodinsky, nash, utilitarian
from sim.theory.tariffs import Importer, best_tariff, nash_tariffs, optimal_tariff

__all__ = [
    "BargainingProblem",
    "Equilibrium",
    "GroupImporter",
    "GroupMarket",
    "Importer",
    "OutcomeList",
    "Point",
    "alternating_offers",
    "best_duty",
    "best_tariff",
    "deterministic_wait",
    "egalitarian",
    "equilibria",
    "extension_game",
    "feedback_wait",
    "frontier",
    "gains_of_trade",
    "ideal",
    "kalai_smorodinsky",
    "limit_split",
    "nash",
    "nash_tariffs",
    "optimal_duty",
    "optimal_tariff",
    "price_sequence",
    "problem_at",
    "rubinstein_split",
    "screening_meetings",
    "utilitarian",
]
