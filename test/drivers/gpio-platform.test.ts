import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keptByChardev } from '../../src/drivers/gpio/platform.ts';

const modules = mkdtempSync(path.join(tmpdir(), 'modules-'));
test.after(() => rmSync(modules, { recursive: true }));

function parameter(driver: string, value: string): void {
  const folder = path.join(modules, driver, 'parameters');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'persist_gpio_outputs'), `${value}\n`);
}

for (const [label, driver] of [
  ['pinctrl-bcm2835', 'pinctrl_bcm2835'],
  ['pinctrl-bcm2711', 'pinctrl_bcm2835'],
  ['pinctrl-rp1', 'pinctrl_rp1'],
] as const)
  test(`${label}: the kernel's own parameter tells whether outputs outlive the process`, () => {
    parameter(driver, 'Y');
    assert.ok(keptByChardev(label, modules).keeps);
    assert.match(keptByChardev(label, modules).why.en, 'strict_gpiod');
    parameter(driver, 'N');
    assert.not(keptByChardev(label, modules).keeps);
    rmSync(path.join(modules, driver), { recursive: true });
    assert.ok(keptByChardev(label, modules).keeps, 'no parameter: taken as kept');
    assert.match(keptByChardev(label, modules).why.en, 'taken as kept');
  });

test("another chip's outputs are taken as kept, whatever the Pi's drivers say", () => {
  parameter('pinctrl_bcm2835', 'N');
  assert.ok(keptByChardev('gpio-mcp23017', modules).keeps);
});

test.run();
