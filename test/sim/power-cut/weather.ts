/** What the supply does, from one seed: quiet hours, flickers, brown-outs, long cuts, and cuts that come again in the recovery. */
import type { Chance } from '../../../src/sim/chance.ts';

export interface Weather {
  /** Mains at each second. */
  readonly mains: readonly boolean[];
  readonly kinds: Readonly<Record<string, number>>;
}

const minute = 60;

export function weather(chance: Chance, seconds: number): Weather {
  const mains: boolean[] = [];
  const kinds: Record<string, number> = {};
  const between = (least: number, most: number): number => least + Math.floor(chance() * (most - least));
  const put = (isOn: boolean, length: number): void => {
    for (let n = 0; n < length; n++) mains.push(isOn);
  };
  const sorts: readonly (readonly [string, () => void])[] = [
    ['short', () => put(false, between(1, 7))],
    [
      'brown-out',
      () => {
        for (let n = between(6, 20); n > 0; n--) {
          put(false, between(2, 14));
          put(true, between(2, 14));
        }
      },
    ],
    ['long', () => put(false, between(20 * minute, 260 * minute))],
    [
      'again',
      () => {
        for (let n = between(2, 4); n > 0; n--) {
          put(false, between(40 * minute, 150 * minute));
          put(true, between(minute, 11 * minute));
        }
      },
    ],
  ];
  while (mains.length < seconds) {
    put(true, between(10 * minute, 40 * minute));
    const [name, happen] = sorts[between(0, sorts.length)] ?? sorts[0] ?? ['', () => undefined];
    kinds[name] = (kinds[name] ?? 0) + 1;
    happen();
  }
  return { mains, kinds };
}
