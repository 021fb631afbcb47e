// How much is kept of a run: how it ended; also how many runs are in each state each week; also its every week.

export const ENDS = 1;
export const COUNTS = 2;
export const WEEKS = 3;
