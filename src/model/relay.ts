/** How a changeover relay has moved over the years, as its card timed it from coil write to proved position. */
export type RelayMove = 'operate' | 'release';

export interface RelayTimes {
  /** Moves that were timed. */
  readonly moves: number;
  /** Median of the first moves; absent while there are too few. */
  readonly firstMs?: number;
  /** Median of the newest moves; absent while there are too few. */
  readonly nowMs?: number;
}

export interface RelayTrendView {
  readonly operate: RelayTimes;
  readonly release: RelayTimes;
  readonly isSlow: boolean;
}
