/** The schedule of battery tests of a UPS: only where a way to it carries the order. */
import type { Source, UpsTestSchedule } from '../model/room.ts';
import { offersTest } from '../model/room.ts';
import { text } from '../model/text.ts';
import { limits } from './limits.ts';
import type { Reading } from './reading.ts';
import type { Draft } from './schema.ts';

type WrittenSubject = NonNullable<Draft['subjects']>[string];

const dayMs = 86_400_000;

export function readUpsTest(
  { report, isWhole }: Reading,
  id: string,
  { kind, test: written, evidence }: WrittenSubject,
  sources: readonly Source[],
): { readonly test?: UpsTestSchedule } {
  if (written === undefined) return {};
  const { every, at, kind: what = 'quick' } = written;
  const path = ['subjects', id, 'test'];
  if (kind !== 'ups') {
    report({
      severity: 'error',
      ...{ path, at: 'key' },
      message: text(`test 只用于 kind: ups，不是 ${kind}`, `test is for kind: ups, not for ${kind}`),
    });
    return {};
  }
  const offers = sources.some((source) => offersTest(source, what));
  // What was refused above may be the very way that offers it.
  const isRefused = evidence.length > sources.length || !isWhole('subjects');
  if (!offers && !isRefused)
    report({
      severity: 'error',
      path: [...path, ...(written.kind === undefined ? [] : ['kind'])],
      at: written.kind === undefined ? 'key' : 'value',
      message:
        what === 'deep'
          ? text('没有一种通信方式支持深度测试', 'no way to this UPS offers a deep test')
          : text('没有一种通信方式能下达测试', 'no way to this UPS carries the order of a test'),
      hint: text(
        'nut 须写 username，ups-snmp 须写 write-community-file 或 v3 的 write: true；megatec 只有 quick。见 docs/ups.md。',
        'nut needs a username, ups-snmp a write-community-file or with v3 write: true; megatec has quick only. See docs/ups.md.',
      ),
    });
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const days = every === undefined ? limits['test.every'].default : Number.parseInt(every, 10);
  return { test: { everyMs: days * dayMs, atMinute: hours * 60 + minutes, what } };
}
