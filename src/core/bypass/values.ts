/**
 * The fixed times of the bypass: physics of relays and habits of telephone users, not settings of a room. They travel
 * in the configuration only so that a proof can explore the same rules with a coarser clock.
 *
 * Source: state-machines.md, "Values"; reasons in safety-review.md (§17 exercise, §20 read-back, §10 lift the phone).
 */
export interface BypassValues {
  /** A wrong position is looked at again no sooner than this. */
  readonly readBackLookMs: number;
  /** A position that does not agree this long after the coil was written is wrong; two such looks are a fault. */
  readonly readBackFaultMs: number;
  /** A command that no report confirms within this time is judged by the last known position. */
  readonly acknowledgeMs: number;
  /** Speech heard within this time stretches the wait of a busy line. */
  readonly speechMs: number;
  /** Longest stay of an exercised line on its phone. */
  readonly exerciseMs: number;
  /** A line whose phone nobody lifts goes back from its exercise after this. */
  readonly phoneTestMs: number;
  /** A ring burst may hold up the return from an exercise for this long. */
  readonly burstWaitMs: number;
  /** Length of the one pulse that may free an open relay. */
  readonly openPulseMs: number;
  /** Trips and failed proofs are counted over this time. */
  readonly countedMs: number;
  /** Settling that lasts this long without a working PBX asks for a person. */
  readonly askAfterMs: number;
  /** A line that could go back to the PBX but does not, for this long, asks for a person; a person's order lapses. */
  readonly overdueMs: number;
  /** "Lift the phone, the caller may still be there" stands this long. */
  readonly callCutMs: number;
  /** An orderly stop waits this long for busy lines; then the line cards see to them. */
  readonly stopMs: number;
}

export const standardValues: BypassValues = {
  readBackLookMs: 20,
  readBackFaultMs: 100,
  acknowledgeMs: 1_000,
  speechMs: 10_000,
  exerciseMs: 2_000,
  phoneTestMs: 120_000,
  burstWaitMs: 2_000,
  openPulseMs: 50,
  countedMs: 3_600_000,
  askAfterMs: 600_000,
  overdueMs: 1_800_000,
  callCutMs: 180_000,
  stopMs: 60_000,
};
