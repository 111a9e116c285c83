/** Explores one family against the core under test and prints what it found. Exit 1 on a violation. */
import { families } from '../core/bypass/families.ts';

const name = process.argv[2] ?? '';
const family = families[name];
if (family === undefined) throw new Error(`no family ${name}`);
const { violation } = family.run();
if (violation !== undefined) {
  console.log(violation.names.join('\n'));
  console.log(violation.trace.join('\n'));
  process.exitCode = 1;
}
