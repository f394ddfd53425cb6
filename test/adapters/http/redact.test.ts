import assert from 'node:assert/strict';
import { redact } from '../../../src/adapters/http/redact.ts';

describe('redact', () => {
  it('takes out a secret however it is spelled', () => {
    const secret = 'k ey&"ü';
    const spellings = [secret, encodeURIComponent(secret), 'k+ey%26%22%C3%BC', 'k ey&\\"ü'];
    for (const spelling of spellings) {
      assert.equal(redact(`before ${spelling} after`, [secret]), 'before *** after');
    }
  });

  it('leaves nothing of a secret that holds another one', () => {
    assert.equal(redact('[user-1234] and [user]', ['user', 'user-1234']), '[***] and [***]');
  });

  it('takes out parameters that carry keys and signatures, also unknown ones', () => {
    const text = 'GET https://a.test/search.php?db=999&api_key=abc&login=me and thumb.jpg?auth=xyz&exp=1600000000';
    assert.equal(
      redact(text),
      'GET https://a.test/search.php?db=999&api_key=***&login=*** and thumb.jpg?auth=***&exp=***',
    );
  });

  it('takes out an HTTP Basic login', () => {
    assert.equal(redact('authorization: Basic bWU6c2VjcmV0'), 'authorization: Basic ***');
  });

  it('leaves a text without secrets as it is', () => {
    assert.equal(redact('basic accounts share a pool; exp 5', ['']), 'basic accounts share a pool; exp 5');
  });
});
