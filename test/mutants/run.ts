/**
 * Puts known bugs into a copy of the core, one at a time, and demands that the named proof finds each.
 *
 *   node --import tsx test/mutants/run.ts [NAME-PART …]      `slow`: those that take a build and a whole program
 *
 * A mutant is missed when its proof passes, or fails for another reason, or when its patch no longer fits the source.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { mutants as ofAnnunciator } from './annunciator.ts';
import { mutants as ofAlarm } from './alarm.ts';
import { mutants as ofBypass } from './bypass.ts';
import type { Mutant } from './bypass.ts';
import { mutants as ofDialTone } from './dial-tone.ts';
import { mutants as ofFront } from './front.ts';
import { mutants as ofRelayCare } from './relay-care.ts';
import { mutants as ofPair } from './pair.ts';
import { mutants as ofPowerCut } from './power-cut.ts';
import { mutants as ofPbx } from './pbx.ts';
import { mutants as ofSafety, slowMutants } from './safety-table.ts';
import { mutants as ofSimulation } from './simulation.ts';
import { mutants as ofWatch } from './watch.ts';

const here = path.dirname(new URL(import.meta.url).pathname);
const project = path.resolve(here, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'bypass-mutants-'));
const limitMs = 60_000;
const programLimitMs = 600_000;

/** A copy of what the core needs, with the bug in it; `undefined` when the patch does not fit exactly once. */
function seeded(mutant: Mutant, n: number): string | undefined {
  if ('copied' in mutant.by) return copiedWithTests(mutant, n);
  if ('project' in mutant.by || 'program' in mutant.by || 'nights' in mutant.by)
    return copiedProject(mutant, n);
  const copy = path.join(folder, String(n));
  for (const part of ['core', 'model'])
    cpSync(path.join(project, 'src', part), path.join(copy, part), { recursive: true });
  writeFileSync(path.join(copy, 'package.json'), '{ "type": "module" }\n');
  return patched(path.join(copy, 'core/bypass', mutant.file), mutant) ? copy : undefined;
}

function patched(file: string, { search, replace }: Mutant): boolean {
  const parts = readFileSync(file, 'utf8').split(search);
  if (parts.length !== 2) return false;
  writeFileSync(file, parts.join(replace));
  return true;
}

/** The source with its tests beside it, so that they import the copy. */
function copiedWithTests(mutant: Mutant, n: number): string | undefined {
  const copy = path.join(folder, String(n));
  for (const part of ['src/core', 'src/model', 'test/core', 'test/seeded.ts'])
    cpSync(path.join(project, part), path.join(copy, part), { recursive: true });
  symlinkSync(path.join(project, 'node_modules'), path.join(copy, 'node_modules'));
  writeFileSync(path.join(copy, 'package.json'), '{ "type": "module" }\n');
  return patched(path.join(copy, 'src/core', mutant.file), mutant) ? copy : undefined;
}

/** Everything that is written, and for a whole program what the build makes of it. */
function copiedProject(mutant: Mutant, n: number): string | undefined {
  const copy = path.join(folder, String(n));
  for (const part of ['src', 'test', 'firmware-bridge', 'config', 'package.json', 'tsconfig.json'])
    cpSync(path.join(project, part), path.join(copy, part), { recursive: true });
  symlinkSync(path.join(project, 'node_modules'), path.join(copy, 'node_modules'));
  if (!patched(path.join(copy, 'src', mutant.file), mutant)) return undefined;
  if ('project' in mutant.by || 'nights' in mutant.by) return copy;
  cpSync(path.join(project, 'dist/panel'), path.join(copy, 'dist/panel'), { recursive: true });
  for (const args of [
    ['node_modules/typescript/bin/tsc', '-p', '.'],
    ['dist/src/room/write-schema.js'],
    ['dist/src/threads/write-checks.js'],
  ])
    if (spawnSync(process.execPath, args, { cwd: copy, stdio: 'inherit' }).status !== 0) return undefined;
  return copy;
}

function programOf(mutant: Mutant, copy: string): string[] {
  const { by } = mutant;
  if ('family' in by) return [path.join(here, 'explore-family.ts'), by.family];
  if ('copied' in by) return [path.join(copy, 'test/core', by.copied)];
  if ('project' in by) return [path.join(copy, 'test', by.project)];
  if ('program' in by) return [path.join(copy, 'test', by.program)];
  if ('nights' in by)
    return [path.join(copy, 'test/sim/room/sim.ts'), '--seeds', String(by.nights), '--quiet'];
  return [path.join(project, 'test/core/bypass', by.test)];
}

function prove(mutant: Mutant, copy: string): Promise<string> {
  const program = programOf(mutant, copy);
  const ownLimitMs = 'program' in mutant.by || 'nights' in mutant.by ? programLimitMs : limitMs;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...program], {
      cwd: project,
      env: { ...process.env, BYPASS_CORE_UNDER_TEST: copy, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    // A whole program that its test left running goes with it.
    const endAll = (): void => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // Nobody is left.
      }
    };
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const limit = setTimeout(endAll, ownLimitMs);
    child.on('close', (code) => {
      clearTimeout(limit);
      endAll();
      resolve(code === 0 ? '' : output);
    });
  });
}

/** The line of the failure that names the proof; `undefined`: not caught by it. */
function reasonIn(mutant: Mutant, output: string): string | undefined {
  const lines = output.split('\n');
  if ('nights' in mutant.by)
    return lines.find((line) => line.startsWith('seed ') && line.includes(mutant.caught));
  return 'family' in mutant.by
    ? lines.find((line) => line.startsWith(mutant.caught) || line.startsWith(`check: ${mutant.caught}`))
    : lines.find((line) => line.includes('FAIL  ') && line.includes(`"${mutant.caught}`));
}

const words = process.argv.slice(2);
const chosen = [
  ...ofAnnunciator,
  ...ofBypass,
  ...ofAlarm,
  ...ofRelayCare,
  ...ofWatch,
  ...ofDialTone,
  ...ofFront,
  ...ofPair,
  ...ofPowerCut,
  ...ofPbx,
  ...ofSafety,
  ...ofSimulation,
  ...(process.argv.slice(2).includes('slow') ? slowMutants : []),
].filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const waiting = chosen.map((mutant, n) => ({ mutant, n }));
let caught = 0;
const missed: string[] = [];

async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { mutant, n } = next;
    const copy = seeded(mutant, n);
    const output = copy === undefined ? '' : await prove(mutant, copy);
    const reason = reasonIn(mutant, output);
    if (reason !== undefined) {
      caught += 1;
      console.log(`caught  ${mutant.name}: ${reason.trim()}`);
      continue;
    }
    missed.push(mutant.name);
    const why =
      copy === undefined ? 'the patch does not fit the source any more' : `expected ${mutant.caught}`;
    console.log(`MISSED  ${mutant.name}: ${why}`);
    if (output !== '') console.log(output.split('\n').slice(0, 12).join('\n'));
  }
}

await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, work));
rmSync(folder, { recursive: true, force: true });
console.log(`${caught} caught, ${missed.length} missed`);
process.exitCode = missed.length === 0 && caught > 0 ? 0 : 1;
