/** What a comparison of files, database and chain can find. */
import type { Text } from '../model/text.ts';

export type FindingKind =
  | 'file-changed'
  | 'file-missing'
  | 'file-added'
  | 'row-changed'
  | 'row-added'
  | 'row-removed'
  | 'chain-changed'
  | 'chain-removed'
  | 'chain-order'
  | 'unreadable';

export interface Finding {
  readonly kind: FindingKind;
  /** Path, `recording 12`, `chain line 12`. */
  readonly where: string;
  readonly what: Text;
}

export type Found = (kind: FindingKind, where: string, what: Text) => void;
