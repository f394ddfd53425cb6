import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { FeatureNumbers } from '../../../src/adapters/sqljs/featureNumbers.ts';
import { migrate } from '../../../src/adapters/sqljs/schema.ts';
import { Queries } from '../../../src/adapters/sqljs/queries.ts';
import { loadSqljs } from '../../../src/adapters/sqljs/loadSqljs.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

describe('the numbers of features', () => {
  const names = ['tag:sea', 'tag:"quoted"', 'character:初音ミク', 'tag:\u0000', 'tag:half \ud800', 'tag:sea'];
  let queries: Queries;
  beforeEach(async () => {
    const { Database } = await loadSqljs(wasm);
    const database = new Database();
    migrate(database, 'a database');
    queries = new Queries('a database', database);
  });
  afterEach(() => queries.close());

  it('are given in the order in which features come, and kept', () => {
    assert.deepEqual(new FeatureNumbers(queries).numbersOf(names), [1, 2, 3, 4, 5, 1]);
    const another = new FeatureNumbers(queries);
    assert.deepEqual(another.numbersOf(['tag:new', ...names.toReversed()]), [6, 1, 5, 4, 3, 2, 1]);
  });

  it('say which features they are, but for half a letter, which no database holds', () => {
    const coded = new FeatureNumbers(queries).encode(names);
    assert.deepEqual(
      new FeatureNumbers(queries).decode(coded),
      names.map((name) => name.toWellFormed()),
    );
  });
});
