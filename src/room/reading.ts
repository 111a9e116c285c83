/** What the readers of the sections share: the draft, where things stand, which names there are, and where to report. */
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { UpsTestKind } from '../model/ups.ts';
import type { Path, Report } from './problem.ts';
import { parseDuration } from './short-forms.ts';
import type { LimitName } from './limits.ts';
import { limits } from './limits.ts';
import type { Draft } from './schema.ts';

export interface Reading {
  readonly draft: Draft;
  readonly report: Report;
  /** Names of a section as they stand in the file, the wrong ones too: so that one slip is told once, not everywhere. */
  readonly names: (section: 'buses' | 'points' | 'subjects') => readonly string[];
  /** Nothing was taken out of the section: what is not there was never written. */
  readonly isWhole: (section: string) => boolean;
  readonly hasError: () => boolean;
  /** Where an item of a list of the draft stood in the file. */
  readonly indexInFile: (list: readonly unknown[], index: number) => number;
  readonly lineOf: (path: Path) => number;
  /** Moves with the position in the file; to put things in the order in which people read them. */
  readonly orderOf: (path: Path) => number;
  readonly upsModels?: readonly string[];
  readonly testsOfModel?: (model: string) => readonly UpsTestKind[];
  readonly pbxFormats?: readonly string[];
}

/** A duration of the file, or the default of its limit. */
export function durationOr(words: string | undefined, limit: LimitName): number {
  return (words === undefined ? undefined : parseDuration(words)) ?? limits[limit].default;
}

export const nameText = (
  name: string | { readonly zh: string; readonly en: string } | undefined,
  key: string,
): Text => (name === undefined ? text(key, key) : typeof name === 'string' ? text(name, name) : name);
