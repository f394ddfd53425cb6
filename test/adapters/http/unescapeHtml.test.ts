import assert from 'node:assert/strict';
import { unescapeHtml } from '../../../src/adapters/http/unescapeHtml.ts';

describe('unescapeHtml', () => {
  it('gives back the five characters, and leaves everything else as it is', () => {
    assert.equal(
      unescapeHtml('&lt;o&gt;_&lt;o&gt; another&#039;s_&#39;hat&#39; &quot;a&quot; &amp; b'),
      `<o>_<o> another's_'hat' "a" & b`,
    );
    assert.equal(unescapeHtml('<o>_<o> a&b &copy; &#65; 猫'), '<o>_<o> a&b &copy; &#65; 猫');
  });

  it('undoes one escape, not two', () => {
    assert.equal(unescapeHtml('&amp;lt;'), '&lt;');
  });
});
