/**
 * What the kernel tells of the machine that we run on: heat, the supply of a Raspberry Pi, a file system that went read-only,
 * the wear of an eMMC. Files only, read without waiting; what is not there is not told. Pi firmware: bits 0 under-voltage, 1
 * frequency capped, 2 throttled, 3 soft temperature limit, now (16 to 19: since the start). JEDEC eMMC: life time in tenths.
 */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

/** A Pi 4 slows down from 80 °C on, a Pi 5 from 85 °C. Cool again is well below. */
const hotC = 80;
const coolC = 75;
/** Nine tenths of the life time: the cells are rated for no more than ten. */
const wornTenths = 9;
/** JEDEC: 1 normal, 2 four fifths of the spare blocks are used, 3 nearly all. */
const spareUsed = 2;

export interface MachineFinding {
  readonly type: 'machine.hot' | 'machine.power' | 'machine.throttled' | 'disk.read-only' | 'disk.worn';
  readonly active: boolean;
  readonly detail: Text;
}

export class MachineHealth {
  readonly #dataFolder: string;
  readonly #root: string;
  #isHot = false;

  /** `root`: for tests, the folder that stands for `/`. */
  constructor(dataFolder: string, root = '/') {
    this.#dataFolder = path.resolve(dataFolder);
    this.#root = root;
  }

  async look(): Promise<readonly MachineFinding[]> {
    const [heat, supply, mount, wear] = await Promise.all([
      this.#heat(),
      this.#supply(),
      this.#mount(),
      this.#wear(),
    ]);
    return [...heat, ...supply, ...mount, ...wear];
  }

  #read(file: string): Promise<string | undefined> {
    return readFile(path.join(this.#root, file), 'utf8').then(
      (content) => content.trim(),
      () => undefined,
    );
  }

  async #in(folder: string, pattern: RegExp): Promise<readonly string[]> {
    const names = await readdir(path.join(this.#root, folder)).catch(() => []);
    return names.filter((name) => pattern.test(name)).map((name) => `${folder}/${name}`);
  }

  async #heat(): Promise<readonly MachineFinding[]> {
    const zones = await this.#in('sys/class/thermal', /^thermal_zone\d+$/);
    const read = await Promise.all(zones.map((zone) => this.#read(`${zone}/temp`)));
    const degrees = read
      .map((milli) => (milli === undefined ? NaN : Number(milli) / 1000))
      .filter((celsius) => Number.isFinite(celsius) && celsius > -50 && celsius < 150);
    if (degrees.length === 0) return [];
    const hottest = Math.max(...degrees);
    this.#isHot = hottest >= (this.#isHot ? coolC : hotC);
    const about = Math.round(hottest / 5) * 5;
    return [
      { type: 'machine.hot', active: this.#isHot, detail: text(`约 ${about} °C`, `about ${about} °C`) },
    ];
  }

  async #supply(): Promise<readonly MachineFinding[]> {
    const word = await this.#read('sys/devices/platform/soc/soc:firmware/get_throttled');
    const bits = word === undefined ? NaN : Number.parseInt(word, 16);
    if (!Number.isFinite(bits)) return [];
    const none = text('', '');
    return [
      { type: 'machine.power', active: (bits & 0b1) !== 0, detail: none },
      { type: 'machine.throttled', active: (bits & 0b1110) !== 0, detail: none },
    ];
  }

  async #mount(): Promise<readonly MachineFinding[]> {
    const mounts = ((await this.#read('proc/mounts')) ?? '')
      .split('\n')
      .map((line) => line.split(' '))
      .filter((fields) => fields.length >= 4);
    const holds = (place: string): boolean =>
      place === '/' || this.#dataFolder === place || this.#dataFolder.startsWith(`${place}/`);
    const [mount] = mounts
      // The last of equal places lies on top.
      .map(([, place = '', , options = '']) => ({ place: place.replaceAll('\\040', ' '), options }))
      .filter(({ place }) => holds(place))
      .reverse()
      .sort((a, b) => b.place.length - a.place.length);
    if (mount === undefined) return [];
    return [
      {
        type: 'disk.read-only',
        active: mount.options.split(',').includes('ro'),
        detail: text(mount.place, mount.place),
      },
    ];
  }

  async #wear(): Promise<readonly MachineFinding[]> {
    const disks = await this.#in('sys/block', /^mmcblk\d+$/);
    const read = await Promise.all(disks.map((disk) => this.#read(`${disk}/device/life_time`)));
    const tenths = read.flatMap((words) => (words?.split(/\s+/) ?? []).map(Number)).filter((one) => one > 0);
    const ends = await Promise.all(disks.map((disk) => this.#read(`${disk}/device/pre_eol_info`)));
    const spares = ends.map(Number).filter((one) => one > 0);
    if (tenths.length === 0 && spares.length === 0) return [];
    const most = Math.max(0, ...tenths);
    const percent = Math.min(100, most * 10);
    const isSpareUsed = Math.max(0, ...spares) >= spareUsed;
    return [
      {
        type: 'disk.worn',
        active: most >= wornTenths || isSpareUsed,
        detail: isSpareUsed
          ? text('备用块即将用尽', 'its spare blocks are nearly used up')
          : text(`寿命已用约 ${percent}%`, `about ${percent} % of its life is used`),
      },
    ];
  }
}
