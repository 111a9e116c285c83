/** A small sound room, for the tests to spoil: no problem of any kind. */
export const base = `room:
  id: gz-120
  name: { zh: 广州120机房, en: Guangzhou 120 }
buses:
  card-a: { line-card: "serial:/dev/ttyUSB0" }
  card-b: { line-card: "tcp://10.0.0.21:7100", key-file: b.key }
  rs485: { modbus: "rtu:/dev/ttyUSB1" }
  pi: { gpio: auto }
points:
  horn: { output: pi/23, role: horn }
  beacon: { output: pi/24, role: lamp }
  healthy: { output: pi/25, role: healthy }
  silence: { input: pi/20, role: silence-button }
  key: { input: pi/22, role: bypass-key }
  pbx-alarm: { input: pi/26, contact: normally-closed }
  arrester: { input: card-a/in1 }
lines:
  L01-L04: { channel: card-a/1..4, bypass: card-a/relay1..4, trunk: "020-{n}", phone: "80{nn}" }
  L05: { channel: card-b/1, bypass: card-b/relay1, trunk: "020-5", phone: "8005" }
subjects:
  pbx:
    kind: pbx
    evidence:
      - { point: pbx-alarm }
      - { lines: all }
      - { sip-options: "sip:10.0.0.2:5060" }
  crm: { kind: server, evidence: [{ tcp: "10.0.0.11:5432" }, { ping: 10.0.0.11 }], depends-on: [lan] }
  lan: { kind: network, evidence: [{ ping: 10.0.0.1 }] }
  ups: { kind: ups, evidence: [{ ups: rs485/1, model: huawei-ups2000 }] }
bypass: { confirm: 3s }
recorder: { keep: 400d }
report: { mqtt: { broker: "mqtts://centre.example:8883" } }
`;

export const upsModels = ['apc-smart-ups', 'huawei-ups2000'];

/** The text with one place replaced; the place must be there once. */
export function spoilt(from: string, to: string): string {
  const [before, after, ...more] = base.split(from);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`not there once: ${from}`);
  return before + to + after;
}
