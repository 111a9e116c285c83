/** What this machine offers for GPIO: chips by label, the old sysfs interface, and what becomes of a dead process's outputs. */
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gpioIoctl, readChipInfo, structBytes } from '../../format/gpio-v2.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { loadKernelCalls } from './kernel-calls.ts';

/** Chips behind the 40-pin header of a Raspberry Pi; found by label because their numbers moved more than once. */
const headerLabels = ['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1'] as const;
const sysfsFolder = '/sys/class/gpio';

const isWanted = (label: string, chip: string | undefined): boolean =>
  chip === undefined ? headerLabels.some((known) => known === label) : label === chip;

export interface FoundDevice {
  readonly device: string;
  readonly label: string;
}

/** Character device of the chip, or why there is none. Rejects only when koffi is missing. */
export async function findDevice(chip: string | undefined): Promise<FoundDevice | Text> {
  const calls = await loadKernelCalls();
  const seen: string[] = [];
  const devices = readdirSync('/dev').filter((name) => /^gpiochip\d+$/.test(name));
  for (const name of devices.sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)))) {
    const device = path.join('/dev', name);
    let fd: number;
    try {
      fd = openSync(device, 'r+');
    } catch (error) {
      seen.push(`${device} (${codeOf(error)})`);
      continue;
    }
    const info = new Uint8Array(structBytes.chipInfo);
    const errno = calls.ioctl(fd, gpioIoctl.chipInfo, info);
    closeSync(fd);
    const { label } = readChipInfo(info);
    if (errno === 0 && isWanted(label, chip)) return { device, label };
    seen.push(`${device} ${label}`);
  }
  const wanted = chip ?? headerLabels.join(' / ');
  const had =
    seen.length === 0 ? text('没有 gpiochip', 'no gpiochip at all') : text(seen.join(', '), seen.join(', '));
  return text(`字符设备中没有 ${wanted}（${had.zh}）`, `no character device ${wanted} (${had.en})`);
}

export interface FoundSysfs {
  /** Number of the chip's first line; 512 and more on kernels since 6.6. */
  readonly base: number;
  /** Lines of the chip; the number behind the last one belongs to another chip. */
  readonly lines: number;
  readonly label: string;
}

/** The chip in /sys/class/gpio, or why sysfs cannot be used. */
export function findSysfs(chip: string | undefined): FoundSysfs | Text {
  const entry = path.join(sysfsFolder, 'export');
  if (!existsSync(entry))
    return text(
      '内核没有 sysfs GPIO（/sys/class/gpio/export）',
      'this kernel has no sysfs GPIO (/sys/class/gpio/export)',
    );
  try {
    accessSync(entry, constants.W_OK);
  } catch (error) {
    return text(`无权使用 sysfs GPIO：${codeOf(error)}`, `no right to use sysfs GPIO: ${codeOf(error)}`);
  }
  for (const name of readdirSync(sysfsFolder).filter((file) => /^gpiochip\d+$/.test(file))) {
    const label = content(path.join(sysfsFolder, name, 'label'));
    const base = Number(content(path.join(sysfsFolder, name, 'base')));
    const lines = Number(content(path.join(sysfsFolder, name, 'ngpio')));
    if (label !== undefined && Number.isInteger(base) && lines > 0 && isWanted(label, chip))
      return { base, lines, label };
  }
  const wanted = chip ?? headerLabels.join(' / ');
  return text(`sysfs 中没有芯片 ${wanted}`, `sysfs has no chip ${wanted}`);
}

export interface KeptOutputs {
  readonly keeps: boolean;
  readonly why: Text;
}

/**
 * Whether an output keeps its level when the process that held it dies. Raspberry Pi kernels tell it in a module
 * parameter (`dtparam=strict_gpiod` sets it to N: released lines become inputs). What we cannot tell counts as kept.
 */
export function keptByChardev(label: string, modules = '/sys/module'): KeptOutputs {
  const driver = label === 'pinctrl-rp1' ? 'pinctrl_rp1' : 'pinctrl_bcm2835';
  const file = path.join(modules, driver, 'parameters', 'persist_gpio_outputs');
  const isHeader = headerLabels.some((known) => known === label);
  const setting = isHeader ? content(file) : undefined;
  if (setting === 'N' || setting === '0')
    return {
      keeps: false,
      why: text(
        '进程结束时内核释放引脚（strict_gpiod）',
        'the kernel releases the pins of a dead process (strict_gpiod)',
      ),
    };
  if (setting !== undefined)
    return {
      keeps: true,
      why: text(
        '进程结束后引脚保持电平；在 config.txt 中加 dtparam=strict_gpiod',
        'pins keep their level when the process dies; put dtparam=strict_gpiod into config.txt',
      ),
    };
  return {
    keeps: true,
    why: text(
      `无法判断 ${label} 是否保持电平，按保持处理`,
      `cannot tell whether ${label} keeps levels: taken as kept`,
    ),
  };
}

export const keptBySysfs: KeptOutputs = {
  keeps: true,
  why: text(
    'sysfs 导出的引脚在进程结束后保持电平',
    'a pin exported by sysfs keeps its level when the process dies',
  ),
};

function content(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
