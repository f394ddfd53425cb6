import assert from 'node:assert/strict';
import { setupMarkdown } from '../../src/vscode/setupMarkdown.ts';

describe('The report of a checkup', () => {
  const at = new Date('2026-11-23T12:00:00Z');

  it('begins with what is not in order, and holds everything', () => {
    const text = setupMarkdown(
      [
        { id: 'clock', title: 'Clock', findings: [{ status: 'ok', title: 'Date', detail: 'right' }] },
        {
          id: 'folders',
          title: 'Folders',
          findings: [{ status: 'problem', title: 'Inbox', detail: '/x is not there', whatToDo: 'Make it' }],
        },
      ],
      at,
    );
    assert.match(text, /1 problem\./);
    const [first, all] = [text.indexOf('## To look at'), text.indexOf('## All that was checked')];
    assert.ok(first < text.indexOf('❌ **Inbox:**') && text.indexOf('❌ **Inbox:**') < all);
    assert.ok(text.indexOf('✅ **Date:** right') > all);
    assert.match(text, /Make it/);
  });

  it('shows names as they are, whatever Markdown or HTML they hold', () => {
    const detail = '/a_b*c_/[click](command:evil) <img src=x>\n# 夏';
    const text = setupMarkdown(
      [{ id: 'folders', title: 'Folders', findings: [{ status: 'ok', title: 'Inbox', detail }] }],
      at,
    );
    const line = text.split('\n').find((l) => l.includes('**Inbox')) ?? '';
    assert.ok(line.endsWith('/a\\_b\\*c\\_/\\[click\\]\\(command:evil\\) \\<img src=x\\>\ufffd\\# 夏'), line);
  });
});
