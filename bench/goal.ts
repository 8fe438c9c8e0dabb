/** The unit of a figure, and its decimals; round trips are whole numbers without a unit. */
const DIGITS = { x: 2, ms: 0, '': 0 } as const;

/** The largest figures that meet the goal and the hard limit. */
export interface Goal {
  goal: number;
  /** The goal, if omitted. */
  limit?: number;
}

/** Compares a figure, rounded, with its goal and its hard limit. */
export function compareWithGoal(
  figure: number,
  { goal, limit = goal }: Goal,
  unit: keyof typeof DIGITS,
): string {
  const digits = DIGITS[unit];
  const name = unit && ` ${unit}`;
  const printed = Number(figure.toFixed(digits));
  const most = (bound: number) => `${bound.toFixed(Math.min(digits, 1))}${name}`;
  const over = (bound: number) => `by ${(printed - bound).toFixed(digits)}${name}`;
  if (printed <= goal) return `goal ${most(goal)}: met`;
  return printed <= limit
    ? `goal ${most(goal)}: between goal and hard limit ${most(limit)}, over the goal ${over(goal)}`
    : `goal ${most(goal)}: OVER THE LIMIT ${most(limit)} ${over(limit)}`;
}
