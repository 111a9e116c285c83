/**
 * `linekeeper sensors`: what the kernel of this machine measures now, each with the words to put into the room file. Reads files of
 * /sys and nothing else; needs no room.
 */
import { channelsOf, devicesOf, familyNames, writtenDevice } from '../drivers/sensor/find.ts';
import { readSensor } from '../drivers/sensor/read.ts';
import type { SensorReading } from '../drivers/sensor/read.ts';
import type { SensorName } from '../model/sensor.ts';
import { parseSensor, quantityOf, writtenSensor } from '../model/sensor.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { languageOfEnvironment, readOptions } from './arguments.ts';
import { table } from './ask-room.ts';

const usage = `usage: linekeeper sensors [--json] [--language zh|en]

Lists the sensors of this machine (1-Wire, hwmon, iio) with what they measure now, and the words that name each in a room file:
  points:
    rack-temp: { sensor: "w1:28-0316a2794cff", warn: "> 30", critical: "> 38", deadband: 1 }
Exit codes: 0 there are some, 1 there are none, 2 wrong usage.
`;

interface Found {
  readonly sensor: SensorName;
  readonly label: string;
  readonly reading: SensorReading;
}

export async function sensors(args: readonly string[], root = '/sys'): Promise<number> {
  const asked = readOptions({ command: 'sensors', usage, takesNoWords: true }, args);
  if (typeof asked === 'number') return asked;
  const found: Found[] = [];
  // One after the other: a 1-Wire device takes most of a second, and its wire carries one at a time.
  for (const { sensor, label } of await allSensors(root))
    found.push({ sensor, label, reading: await readSensor(sensor, root) });
  process.stdout.write(
    asked.json ? asJson(found) : asTable(found, asked.language ?? languageOfEnvironment()),
  );
  return found.length === 0 ? 1 : 0;
}

async function allSensors(root: string): Promise<readonly Omit<Found, 'reading'>[]> {
  const named: Omit<Found, 'reading'>[] = [];
  for (const family of familyNames) {
    const devices = await devicesOf(family, root);
    for (const device of devices)
      for (const { channel, label = '' } of await channelsOf(device)) {
        const words = writtenSensor({ family, device: writtenDevice(device, devices), channel });
        const sensor = parseSensor(words);
        if (sensor !== undefined) named.push({ sensor, label });
      }
  }
  return named;
}

function asTable(found: readonly Found[], language: Language): string {
  const say = (words: Text): string => words[language];
  if (found.length === 0)
    return `${say(
      text(
        '内核没有传感器。1-Wire 需要 dtoverlay=w1-gpio，I²C 传感器需要各自的 dtoverlay（见 docs/watching.md）。',
        'The kernel offers no sensor. 1-Wire needs dtoverlay=w1-gpio, a sensor on I²C its own dtoverlay (docs/watching.md).',
      ),
    )}\n`;
  const head = [text('写作', 'write'), text('现在', 'now'), text('标注', 'label')].map(say);
  const rows = found.map(({ sensor, label, reading }) => [
    `sensor: "${writtenSensor(sensor)}"`,
    reading.kind === 'value' ? `${written(reading.value)} ${quantityOf(sensor).unit}` : say(reading.reason),
    label,
  ]);
  return table([head, ...rows]);
}

const written = (value: number): string => String(Number(value.toFixed(3)));

function asJson(found: readonly Found[]): string {
  const items = found.map(({ sensor, label, reading }) => ({
    sensor: writtenSensor(sensor),
    unit: quantityOf(sensor).unit,
    ...(label === '' ? {} : { label }),
    ...(reading.kind === 'value' ? { value: reading.value } : { reason: reading.reason }),
  }));
  return `${JSON.stringify(items, null, 2)}\n`;
}
