/**
 * A room run from `dist` by its public command, over real transports: socat pty pair to a virtual card, mosquitto, a
 * pymodbus UPS, a SIP responder. For whole-program tests; every part can be taken away and brought back.
 */
import { existsSync, mkdtempSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { VirtualPbx } from '../../src/sim/pbx.ts';
import { absent, needsPrograms, needsRig, rigFolder } from '../rig.ts';
import { Program, control, eventually, freePort, linekeeper } from './program.ts';

export interface RoomEventMessage {
  readonly kind: string;
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly [field: string]: unknown;
}

export interface RealRoomOptions {
  readonly lines: number;
  /** More of the room file: `bypass:` values, points and so on. */
  readonly yaml?: string;
  readonly withUps?: boolean;
}

export class RealRoom {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'lk-room-'));
  readonly dataFolder = path.join(this.folder, 'data');
  readonly wavFolder = path.join(this.folder, 'wav');
  readonly roomFile = path.join(this.folder, 'room.yaml');
  readonly events: RoomEventMessage[] = [];
  /** Newest retained or live payload of each topic. */
  readonly topics = new Map<string, string>();
  readonly pbx = new VirtualPbx({ port: 0 });
  readonly #options: RealRoomOptions;
  mqttPort = 0;
  httpPort = 0;
  upsControl = 0;
  cardControl = 0;
  broker: Program | undefined;
  card: Program | undefined;
  program: Program | undefined;
  client: MqttClient | undefined;
  #programs: Program[] = [];

  constructor(options: RealRoomOptions) {
    needsPrograms('socat', 'mosquitto');
    this.#options = options;
  }

  async start(): Promise<void> {
    const { lines, yaml = '', withUps = false } = this.#options;
    const hostEnd = path.join(this.folder, 'tty-host');
    const cardEnd = path.join(this.folder, 'tty-card');
    mkdirSync(this.folder, { recursive: true });
    this.#run('socat', [`pty,raw,echo=0,link=${hostEnd}`, `pty,raw,echo=0,link=${cardEnd}`]);
    await eventually('the pty pair', () => (existsSync(hostEnd) && existsSync(cardEnd) ? true : undefined));
    this.mqttPort = await freePort();
    this.httpPort = await freePort();
    await this.startBroker();
    const sip = await this.pbx.start();
    const upsPort = withUps ? await this.#startUps() : 0;
    const range = lines === 1 ? 'L01-L01' : `L01-L0${lines}`;
    writeFileSync(
      this.roomFile,
      `room: { id: real, name: { zh: 实测机房, en: Real room }, timezone: Asia/Shanghai, language: en }
buses:
  card-a: { line-card: "serial:${hostEnd}" }
${withUps ? `  ups-lan: { modbus: "tcp://127.0.0.1:${upsPort}" }\n` : ''}points:
  horn:      { output: card-a/out1, role: horn }
  pbx-alarm: { input: card-a/in1, contact: normally-closed }
lines:
  ${range}: { channel: card-a/1..${lines}, bypass: card-a/relay1..${lines}, trunk: "020-120-{n}", phone: "80{nn}" }
subjects:
  pbx:
    kind: pbx
    evidence:
      - { point: pbx-alarm }
      - { lines: all }
      - { sip-options: "sip:127.0.0.1:${sip}", every: 2s, suspect: 500ms }
${withUps ? '  ups-1: { kind: ups, evidence: [{ ups: ups-lan/1, model: linekeeper-sim, every: 1s }] }\n' : ''}bypass: { restore-after: 30s, prove: 20s }
report: { mqtt: { broker: "mqtt://127.0.0.1:${this.mqttPort}" } }
http: { port: ${this.httpPort} }
data: ${this.dataFolder}
${yaml}`,
    );
    const card = this.#runOwn([
      'sim',
      'card',
      '--serial',
      cardEnd,
      '--control',
      '0',
      '--pbx-contact',
      '1',
      '--wav',
      this.wavFolder,
    ]);
    this.card = card;
    const [, port = ''] = await card.says(/control 127\.0\.0\.1:(\d+)/);
    this.cardControl = Number(port);
    await this.startProgram();
    await this.subscribe();
  }

  async startProgram(env: NodeJS.ProcessEnv = {}): Promise<Program> {
    const program = this.#runOwn(['run', '--room', this.roomFile], env);
    this.program = program;
    await program.says(/guard active/);
    return program;
  }

  async startBroker(): Promise<void> {
    const config = path.join(this.folder, 'mosquitto.conf');
    writeFileSync(
      config,
      `listener ${this.mqttPort} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${this.folder}/\nautosave_interval 1\nautosave_on_changes false\nuser root\n`,
    );
    this.broker = this.#run('mosquitto', ['-c', config]);
    await eventually('mosquitto', async () => (await canConnect(this.mqttPort)) || undefined);
  }

  async subscribe(): Promise<void> {
    const client = connect(`mqtt://127.0.0.1:${this.mqttPort}`, {
      clientId: 'centre',
      clean: false,
      reconnectPeriod: 200,
    });
    this.client = client;
    client.on('message', (topic, payload) => {
      this.topics.set(topic, payload.toString());
      if (topic.startsWith('linekeeper/real/event/'))
        this.events.push(JSON.parse(payload.toString()) as RoomEventMessage);
    });
    await new Promise<void>((resolve) => client.on('connect', () => resolve()));
    await client.subscribeAsync('linekeeper/real/#', { qos: 1 });
  }

  order(words: string): Promise<string> {
    return control(this.cardControl, words);
  }

  async cardState(): Promise<{
    hostLost: boolean;
    lines: { contact: string; exchange: string; offHook: boolean }[];
  }> {
    return JSON.parse(await this.order('state')) as never;
  }

  upsOrder(words: string): Promise<string> {
    return controlRaw(this.upsControl, words);
  }

  topic(name: string): Record<string, unknown> | undefined {
    const payload = this.topics.get(`linekeeper/real/${name}`);
    return payload === undefined || payload === ''
      ? undefined
      : (JSON.parse(payload) as Record<string, unknown>);
  }

  /** Waits until a line's retained state says so. */
  async lineIs(line: string, field: 'bypass' | 'signal', value: string, limitMs = 30_000): Promise<void> {
    await eventually(
      () =>
        `${line} ${field} ${value}; it is ${JSON.stringify(this.topic(`state/line/${line}`))}, the room ${JSON.stringify(this.topic('state/room'))}; the program's last words:\n${this.program?.output.slice(-3000) ?? ''}`,
      () => this.topic(`state/line/${line}`)?.[field] === value || undefined,
      limitMs,
    );
  }

  event(
    matches: (event: RoomEventMessage) => boolean,
    what: string,
    limitMs = 30_000,
  ): Promise<RoomEventMessage> {
    return eventually(what, () => this.events.find(matches), limitMs);
  }

  /** Rows of what the card played, by sample and wall time. */
  played(): { line: number; what: string; sample: number; wall: number; file?: string; samples?: number }[] {
    const file = path.join(this.wavFolder, 'played.jsonl');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as never);
  }

  async stop(): Promise<void> {
    this.client?.end(true);
    await this.pbx.stop();
    await Program.endAll();
  }

  async #startUps(): Promise<number> {
    const python = '/usr/bin/python3';
    if (!existsSync(python)) absent('program /usr/bin/python3');
    const port = await freePort();
    this.upsControl = await freePort();
    const sim = needsRig('ups-rigs/modbus-ups-sim.py');
    const ups = this.#run(python, [
      sim,
      '--tcp',
      `127.0.0.1:${port}`,
      '--units',
      '1',
      '--ctl',
      String(this.upsControl),
    ]);
    try {
      await ups.says(/ready/);
    } catch {
      absent(`python3-pymodbus (${rigFolder}/ups-rigs)`);
    }
    return port;
  }

  #run(command: string, args: readonly string[]): Program {
    const program = new Program(command, args);
    this.#programs.push(program);
    return program;
  }

  #runOwn(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
    const { NOTIFY_SOCKET: _notify, WATCHDOG_USEC: _watchdog, ...clean } = process.env;
    const program = linekeeper(args, { ...clean, ...env });
    this.#programs.push(program);
    return program;
  }
}

async function canConnect(port: number): Promise<boolean> {
  const net = await import('node:net');
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** The UPS rig answers with JSON, without a word before it. */
async function controlRaw(port: number, command: string): Promise<string> {
  const net = await import('node:net');
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => socket.write(`${command}\n`));
    socket.on('data', (chunk: Buffer) => {
      socket.destroy();
      resolve(chunk.toString());
    });
    socket.on('error', reject);
  });
}
