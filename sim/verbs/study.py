"""What is around every study: a folder that can be written, compiled rules, a progress bar, and the
order by which it is written.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.verbs.grammar import Line
from sim.verbs.prepare import check_folder, compile_with_notice, named_folder, say_left_out

if TYPE_CHECKING:
    from sim.jobs import Job
    from sim.progress import Meter
    from sim.studies.folder import Order

__all__ = ["begun"]


@contextlib.contextmanager
def begun(line: Line, job: Job, jobs: Sequence[Job] = ()) -> Iterator[tuple[Order, Meter]]:
    """The order and the meter of a study that begins now; the folder that ``folder=`` names is
    removed where the block leaves it empty. What the scenarios of ``jobs``, by default of ``job``,
    leave out is said.

    Raises
    ------
    SimError
        A folder that cannot be written.
    """
    settings = job.run
    check_folder(settings.out)
    say_left_out([one.scenario for one in jobs or [job]])
    with named_folder(line.folder) as folder:
        compile_with_notice()
        from sim.progress import Meter
        from sim.studies.folder import Order

        order = Order(
            out=settings.out,
            folder=folder,
            name=settings.name,
            words=line.words,
            style=job.figures,
            threads=settings.threads,
            started=dt.datetime.now(dt.UTC),
        )
        meter = Meter("runs")
        try:
            yield order, meter
        finally:
            meter.close()
