/**
 * Runs the test files, one process each, and counts what really passed.
 *
 * uvu alone ends with 0 where nothing was proved (forgotten `test.run()`, a throwing hook, a thrown string, a rejected
 * promise, a left-over `only`, no file found). So a file passes only when its process ends with 0, it counted at least
 * one test, all that it counted passed, and nothing was skipped.
 *
 *   node --import tsx test/run.ts [--real] [NAME …]     NAME: part of a path, or a file
 *
 * A test that needs a real peer calls `needs()` of `test/rig.ts`, which prints `rig absent: …` and ends the process with
 * 77: the file is then counted as skipped, or as failed where CI or REQUIRE_RIGS is set.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'tinyglobby';
