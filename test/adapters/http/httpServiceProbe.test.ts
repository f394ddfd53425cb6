import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { HttpServiceProbe } from '../../../src/adapters/http/httpServiceProbe.ts';
import { Iqdb } from '../../services/iqdb.ts';
import { CollectedLog } from '../support/collectedLog.ts';

describe('The probe of a service', () => {
  const signal = new AbortController().signal;
  const probe = new HttpServiceProbe('1.2.3', new CollectedLog());

  it('finds that IQDB answers, with its date, and searches nothing', async () => {
    const iqdb = await new Iqdb([]).start();
    try {
      const facts = await probe.ask({ name: 'IQDB', endpoint: iqdb.url, path: '/' }, signal);
      assert.ok(facts.kind === 'answers');
      assert.equal(facts.status, 200);
      assert.ok(Math.abs(facts.ahead ?? NaN) < 60_000);
      assert.equal(iqdb.requests.length, 1);
      iqdb.setFaults([{ fault: { kind: 'cloudflare' } }]);
      assert.equal((await probe.ask({ name: 'IQDB', endpoint: iqdb.url, path: '/' }, signal)).kind, 'blocked');
    } finally {
      await iqdb.close();
    }
  });

  it('tells by how much the clock of the service is ahead', async () => {
    const hour = 3_600_000;
    const server = createServer((_, response) => {
      response.setHeader('date', new Date(Date.now() + hour).toUTCString()).end('late');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const facts = await probe.ask({ name: 'X', endpoint, path: '/' }, signal);
      assert.ok(facts.kind === 'answers');
      assert.equal(Math.round((facts.ahead ?? 0) / 60_000), 60);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('says why one can’t be reached', async () => {
    const facts = await probe.ask({ name: 'Nobody', endpoint: 'http://127.0.0.1:1', path: '/' }, signal);
    assert.deepEqual(facts, { kind: 'unreachable', why: "Nobody can't be reached (ECONNREFUSED)" });
  });
});
