import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sim } from '../../src/cli/sim.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sim-'));

/** Exit code, and what was printed. */
async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out = sinon.stub(process.stdout, 'write').returns(true);
  const err = sinon.stub(process.stderr, 'write').returns(true);
  try {
    const code = await sim(args);
    return { code, out: out.args.join(''), err: err.args.join('') };
  } finally {
    sinon.restore();
  }
}

test('help tells the options and the orders', async () => {
  const { code, out } = await run('card', '--help');
  assert.is(code, 0);
  for (const word of ['--pty', '--tcp', '--serial', '--wav', 'pbx-dead', 'call in', 'cut-link'])
    assert.match(out, word);
});

test('wrong usage ends with 2 and says what is wrong', async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [[], /what to simulate/],
    [['ups'], /what to simulate/],
    [['card'], /one of --pty PATH/],
    [['card', '--tcp', '0', '--pty', 'x'], /one of --pty PATH/],
    [['card', '--tcp', 'x'], /--tcp is a number from 0 to 65535/],
    [['card', '--tcp', '65536'], /--tcp is a number/],
    [['card', '--tcp', '0', '--lines', '9'], /--lines is a number from 1 to 8/],
    [['card', '--tcp', '0', '--serial-number', 'x'.repeat(17)], /at most 16/],
    [['card', '--tcp', '0', '--colour', 'red'], /colour/],
  ];
  for (const [args, reason] of cases) {
    const { code, err } = await run(...args);
    assert.is(code, 2, args.join(' '));
    assert.match(err, reason);
  }
});

test('a script that is not there or not right, and a key that others may read, end with 1', async () => {
  const script = path.join(folder, 'script.yaml');
  writeFileSync(script, '- { at: now, do: state }');
  const key = path.join(folder, 'open.key');
  writeFileSync(key, 'aa'.repeat(32), { mode: 0o644 });
  for (const [args, reason] of [
    [['--script', path.join(folder, 'none')], /ENOENT/],
    [['--script', script], /script is not right/],
    [['--key', key], /chmod 600/],
    [['--key', path.join(folder, 'none')], /cannot be read/],
  ] as const) {
    const { code, err } = await run('card', '--serial', '/nowhere', ...args);
    assert.is(code, 1, err);
    assert.match(err, reason);
  }
});

test.after(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.run();
