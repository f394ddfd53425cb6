import assert from 'node:assert/strict';
import { Ajv, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './commandLine.ts';

/** The definitions of media/events.schema.json, by what is called with `--json`. */
export type Caller = 'run' | 'watch' | 'dryRun' | 'sync' | 'undo';

export type JsonEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

const ajv = new Ajv({ strict: false });
ajv.addSchema(JSON.parse(readFileSync(join(ROOT, 'media/events.schema.json'), 'utf8')) as object, 'events');

/** The events that a command has printed, each of which must be one that the schema has of it. */
export function jsonEvents(caller: Caller, stdout: string): readonly JsonEvent[] {
  const isValid = ajv.getSchema(`events#/definitions/${caller}`) as ValidateFunction;
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const event = JSON.parse(line) as JsonEvent;
      assert.ok(isValid(event), `${line}\n${JSON.stringify(isValid.errors)}`);
      return event;
    });
}
