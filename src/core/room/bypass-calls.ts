/**
 * Calls that were held, for some part, with the line on its seat phone: the PBX has no record of them, so how many there were
 * is counted here. Kept over restarts.
 */
export interface BypassCalls {
  readonly total: number;
  /** Since the room went to bypass last. */
  readonly latest: number;
}

export const noBypassCalls: BypassCalls = { total: 0, latest: 0 };

export const oneMore = ({ total, latest }: BypassCalls): BypassCalls => ({
  total: total + 1,
  latest: latest + 1,
});

/** The room goes to bypass: its calls are counted anew. */
export const begun = (calls: BypassCalls): BypassCalls =>
  calls.latest === 0 ? calls : { ...calls, latest: 0 };
