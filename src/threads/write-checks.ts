/**
 * Part of the build: compiles the schemas whose data the guard reads into `dist/checks/`, so that the guard neither loads the schema
 * library nor compiles (`shell/compiled-check.ts`).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, _ } from 'ajv';
import type { AnySchemaObject, Options } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { compiledCheckFile } from '../shell/compiled-check.ts';
import { pbxFormatOptions, pbxFormatSchema } from '../drivers/smdr/format-schema.ts';
import { upsMapOptions, upsMapSchema } from '../drivers/ups/map.ts';
import { roomFileSchema } from '../room/schema.ts';
import { guardMemorySchema } from './guard-memory-schema.ts';

function write(name: string, schema: AnySchemaObject, options: Options, extend?: (ajv: Ajv) => void): void {
  const ajv = new Ajv({ ...options, code: { source: true } });
  extend?.(ajv);
  const file = compiledCheckFile(name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, standaloneCode.default(ajv, ajv.compile(schema)));
}

write('guard-memory', guardMemorySchema, {});
write('pbx-format', pbxFormatSchema, pbxFormatOptions);
write('ups-map', upsMapSchema, upsMapOptions);
write('room-file', roomFileSchema, { strict: false, passContext: true, messages: false }, (ajv) => {
  ajv.addKeyword({
    keyword: 'x-limit',
    schemaType: 'string',
    code(context) {
      const name: unknown = context.schema;
      context.fail(_`!this.keepsLimit(${String(name)}, ${context.data})`);
    },
  });
});
