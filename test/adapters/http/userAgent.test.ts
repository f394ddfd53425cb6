import assert from 'node:assert/strict';
import { userAgent } from '../../../src/adapters/http/userAgent.ts';

describe('userAgent', () => {
  it('names the program, its version and where to read about it', () => {
    assert.equal(userAgent('1.2.3'), 'ImageInbox/1.2.3 (VS Code extension image-inbox.image-inbox)');
  });

  it('names the account, in characters that a header can hold', () => {
    assert.match(userAgent('1.2.3', 'some_user'), /\) user some_user$/);
    assert.match(userAgent('1.2.3', '葉月\r\nX: y'), /^[\x20-\x7e]+$/);
  });
});
