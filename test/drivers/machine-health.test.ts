import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MachineHealth } from '../../src/drivers/machine/health.ts';

class Machine {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'lk-machine-'));
  readonly health = new MachineHealth('/var/lib/linekeeper', this.root);

  set(file: string, content: string): this {
    const full = path.join(this.root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, `${content}\n`);
    return this;
  }
  heat(milli: number): this {
    return this.set('sys/class/thermal/thermal_zone0/temp', String(milli));
  }
  async active(): Promise<readonly string[]> {
    const findings = await this.health.look();
    return findings.filter(({ active }) => active).map(({ type, detail }) => `${type} ${detail.en}`.trim());
  }
}

test('a machine that tells nothing is told nothing of', async () => {
  assert.equal(await new Machine().health.look(), []);
});

test('it is hot from 80 °C on, and until it is below 75 °C', async () => {
  const machine = new Machine();
  assert.equal(await machine.heat(79_999).active(), []);
  assert.equal(await machine.heat(80_000).active(), ['machine.hot about 80 °C']);
  assert.equal(await machine.heat(75_000).active(), ['machine.hot about 75 °C']);
  assert.equal(await machine.heat(74_999).active(), []);
});

test('a weak supply and a slowed processor are told while they last, not because they once were', async () => {
  const throttled = 'sys/devices/platform/soc/soc:firmware/get_throttled';
  assert.equal(await new Machine().set(throttled, '1').active(), ['machine.power']);
  assert.equal(await new Machine().set(throttled, 'e').active(), ['machine.throttled']);
  assert.equal(await new Machine().set(throttled, 'f0000').active(), []);
});

test('the file system of the data folder counts, the newest mount of a place first', async () => {
  const root = '/dev/mmcblk0p2 / ext4 rw,noatime 0 0';
  const data = '/dev/sda1 /var/lib/linekeeper ext4';
  const mounts = (...lines: readonly string[]): Promise<readonly string[]> =>
    new Machine().set('proc/mounts', lines.join('\n')).active();
  assert.equal(await mounts(root.replace('rw', 'ro')), ['disk.read-only /']);
  assert.equal(await mounts(root, `${data} ro,relatime 0 0`), ['disk.read-only /var/lib/linekeeper']);
  assert.equal(await mounts(root, `${data} ro 0 0`, `${data} rw 0 0`), []);
  assert.equal(await mounts(root, '/dev/sdb1 /var/lib/linekeeper2 ext4 ro 0 0'), []);
  assert.equal(await mounts(root, `${data} rw,errors=remount-ro 0 0`), []);
});

test('an eMMC whose spare blocks are nearly used up is worn, whatever its life time says', async () => {
  const device = 'sys/block/mmcblk0/device';
  const card = (spare: string): Machine =>
    new Machine().set(`${device}/life_time`, '0x01 0x01').set(`${device}/pre_eol_info`, spare);
  assert.equal(await card('0x01').active(), []);
  assert.equal(await card('0x02').active(), ['disk.worn its spare blocks are nearly used up']);
});

test('an eMMC is worn from nine tenths on, whichever of its two kinds of cells', async () => {
  const life = 'sys/block/mmcblk0/device/life_time';
  assert.equal(await new Machine().set(life, '0x02 0x08').active(), []);
  assert.equal(await new Machine().set(life, '0x02 0x09').active(), [
    'disk.worn about 90 % of its life is used',
  ]);
});

test.run();
