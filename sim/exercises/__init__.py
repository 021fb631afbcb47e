"""Negotiation exercises of your own: case sheets and domains read, played by the house's strategies,
and transcripts scored.
"""

from sim.exercises.exercise import Combination, Exercise, Topic
from sim.exercises.play import PLAYED
from sim.exercises.read import read_exercise, write_exercise
from sim.exercises.sheet import exercise_of, to_plain
from sim.exercises.study import ExerciseStudy, play_exercise

__all__ = [
    "PLAYED",
    "Combination",
    "Exercise",
    "ExerciseStudy",
    "Topic",
    "exercise_of",
    "play_exercise",
    "read_exercise",
    "to_plain",
    "write_exercise",
]
