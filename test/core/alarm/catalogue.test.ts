/** Every alarm must tell a person at three in the morning what is wrong, what it does to the calls and what to do. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { severities } from '../../../src/model/alarm.ts';
import {
  alarmKind,
  catalogue,
  generalAlarm,
  isSafetyType,
  safetyShelveMsMax,
  shelveLimitMs,
  shelveMsMax,
} from '../../../src/core/alarm/catalogue.ts';
import { projectFolder } from '../../rig.ts';

test('each entry says what, effect and action in Chinese and in English', () => {
  assert.ok(catalogue.size >= 50);
  const wrong: string[] = [];
  for (const [type, kind] of [...catalogue, ['general', generalAlarm] as const])
    for (const part of ['what', 'effect', 'action'] as const) {
      const { zh, en } = kind[part];
      if (!/[\u4e00-\u9fff]/.test(zh)) wrong.push(`${type}.${part}: no Chinese`);
      if (!/[a-z]{2}/.test(en) || /[\u4e00-\u9fff]/.test(en)) wrong.push(`${type}.${part}: no English`);
    }
  assert.equal(wrong, []);
});

test('each entry has a severity, sane delays, and is named after its family', () => {
  for (const [type, kind] of catalogue) {
    assert.match(type, /^[a-z-]+\.[a-z-]+$/);
    assert.ok(severities.includes(kind.severity), type);
    assert.ok(kind.onDelayMs >= 0 && kind.onDelayMs <= 60_000, type);
    assert.ok(kind.offDelayMs >= 0 && kind.offDelayMs <= 60_000, type);
  }
});

test('what cuts callers off is critical and sounds without delay', () => {
  for (const type of [
    'pbx.down',
    'bypass.tripped',
    'bypass.stuck',
    'bypass.open',
    'bypass.coil-supply',
    'card.lost',
  ]) {
    assert.is(alarmKind(type).severity, 'critical', type);
    assert.is(alarmKind(type).onDelayMs, 0, type);
  }
});

test('a trip and a faulty relay must be looked at in any case: they latch', () => {
  for (const type of ['bypass.tripped', 'bypass.stuck', 'bypass.open', 'bypass.locked'])
    assert.is(alarmKind(type).latch, true, type);
});

test('an unlisted type gets the general entry', () => {
  for (const type of ['', 'no.such', 'constructor', '__proto__', 'toString'])
    assert.is(alarmKind(type), generalAlarm);
});

test('alarms of the bypass, the relays and the guard are shelved for half an hour at most', () => {
  for (const type of ['bypass.tripped', 'relay.stuck', 'guard.unfit']) {
    assert.is(isSafetyType(type), true);
    assert.is(shelveLimitMs(type), safetyShelveMsMax);
  }
  for (const type of ['pbx.down', 'guardian.x', 'my-bypass.x']) {
    assert.is(isSafetyType(type), false);
    assert.is(shelveLimitMs(type), shelveMsMax);
  }
});

test('each type that the core and the front report is in the catalogue', () => {
  const folders = ['src/core', 'src/front', 'src/shell', 'src/threads', 'src/recorder', 'src/archive'];
  const missing = new Set<string>();
  let seen = 0;
  for (const folder of folders) {
    const at = path.join(projectFolder, folder);
    for (const file of readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )) {
      if (file.includes('catalogue')) continue;
      const source = readFileSync(path.join(at, file), 'utf8');
      for (const [, type = ''] of source.matchAll(/\btype: '([a-z-]+\.[a-z-]+)'/g)) {
        seen++;
        if (!catalogue.has(type)) missing.add(`${folder}/${file}: ${type}`);
      }
    }
  }
  assert.ok(seen > 0);
  assert.equal([...missing], []);
});

test.run();
