import assert from 'node:assert/strict';
import { ImmichKeyCheck } from '../../../src/adapters/immich/immichKeyCheck.ts';
import { ImmichServer } from '../../../src/adapters/immich/immichServer.ts';
import { PhotoServerCheck } from '../../../src/core/doctor/checks/photoServerCheck.ts';
import { Immich } from '../../services/immich.ts';
import { CollectedLog } from '../support/collectedLog.ts';

const never = new AbortController().signal;
const LIBRARIES = [
  { id: '3d7a0c52-0000-4000-8000-000000000001', name: 'Pictures', importPath: '/mnt/nas', folder: '/nowhere' },
];

describe('The key of Immich', () => {
  let immich: Immich;
  before(async () => {
    immich = await new Immich({
      libraries: LIBRARIES,
      keys: {
        good: { permissions: ['library.read', 'library.update', 'asset.read', 'job.create'] },
        all: { permissions: ['all'] },
        reading: { permissions: ['library.read', 'asset.read'] },
        users: { permissions: ['all'], isAdmin: false },
      },
    }).start();
  });
  after(() => immich.close());
  beforeEach(() => immich.setFaults([]));

  const options = (apiKey: string | undefined, address = immich.url) => ({
    address,
    version: '0',
    log: new CollectedLog(),
    ...(apiKey !== undefined && { apiKey }),
  });
  const verdict = async (apiKey: string | undefined, address?: string) => {
    const { kind, detail } = await new ImmichKeyCheck(options(apiKey, address)).checkKey(never);
    return `${kind}: ${detail}`;
  };

  it('is accepted, refused, or could not be shown', async () => {
    assert.match(await verdict('good'), /^accepted/);
    assert.match(await verdict('all', `${immich.url}/api/`), /^accepted/);
    assert.match(await verdict('reading'), /^refused: .*lacks the permissions library\.update, job\.create/);
    assert.match(await verdict('users'), /^refused: .*Forbidden/);
    assert.match(await verdict('unknown'), /^refused: .*Invalid API key/);
    assert.match(await verdict(undefined), /^missing/);
    assert.match(await verdict('good', ''), /^unknown: .*imageInbox\.immich\.address/);
    assert.match(await verdict('good', 'http://127.0.0.1:9'), /^unknown: .*ECONNREFUSED/);
    immich.setFaults([{ fault: { kind: 'html' } }]);
    assert.match(await verdict('good'), /^unknown: .*does not speak as Immich/);
  });

  it('is found good where this version does not tell what it may do', async () => {
    const body = JSON.stringify({ message: ['id must be a UUID'], error: 'Bad Request', statusCode: 400 });
    immich.setFaults([{ path: '/api/api-keys/me', fault: { kind: 'answer', status: 400, type: 'application/json', body } }]);
    assert.match(await verdict('reading'), /^accepted/);
  }); // prettier-ignore

  it('never travels to another host', async () => {
    immich.setFaults([{ fault: { kind: 'redirect', to: 'http://127.0.0.2:9/api/libraries' } }]);
    assert.match(await verdict('good'), /^unknown: .*redirects to 127\.0\.0\.2:9, which is not followed/);
  });

  it('is looked at by the doctor, each trouble with what to do', async () => {
    const look = async (apiKey: string | undefined, library = '', address?: string) => {
      const server = new ImmichServer(options(apiKey, address));
      const [finding] = await new PhotoServerCheck({ server, library, nas: '/Volumes/nas' }, false).look(never);
      return finding;
    };
    assert.equal((await look('good'))?.status, 'ok');
    for (const [finding, status, detail, whatToDo] of [
      [await look('reading'), 'problem', /lacks library\.update, job\.create/, /administrator/],
      [await look('unknown'), 'problem', /refuses the API key/, /IMMICH_API_KEY/],
      [await look(undefined), 'problem', /no API key is set/, /IMMICH_API_KEY/],
      [await look('good', 'Drawings'), 'problem', /none of its libraries is “Drawings”/, /External Libraries/],
      [await look('good', '', 'http://127.0.0.1:9'), 'warning', /ECONNREFUSED/, /imageInbox\.immich\.address/],
    ] as const) {
      assert.equal(finding?.status, status);
      assert.match(finding.detail, detail);
      assert.match(finding.whatToDo ?? '', whatToDo);
    }
    const offline = new PhotoServerCheck({ server: new ImmichServer(options('good')), library: '' }, true);
    assert.equal((await offline.look(never))[0]?.status, 'unknown');
  });
});
