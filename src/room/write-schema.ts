/**
 * Part of the build: writes config/room.schema.json and the tables of docs/room-file.md from the schema, and the alarm types of docs/alarms.md. Writes only
 * what has changed, and finds the project from its own place, whatever the current folder is.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withAlarmTypes } from './alarm-types.ts';
import { editorSchema, withTables } from './editor-schema.ts';

function projectFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('no package.json above write-schema');
    folder = parent;
  }
  return folder;
}

function update(file: string, content: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  writeFileSync(file, content);
}

const project = projectFolder();
update(path.join(project, 'config', 'room.schema.json'), editorSchema());
const manual = path.join(project, 'docs', 'room-file.md');
if (existsSync(manual)) update(manual, withTables(readFileSync(manual, 'utf8')).manual);
const alarms = path.join(project, 'docs', 'alarms.md');
if (existsSync(alarms)) update(alarms, withAlarmTypes(readFileSync(alarms, 'utf8')));
