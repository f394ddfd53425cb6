import assert from 'node:assert/strict';
import { parseXml, XmlError } from '../../../src/adapters/exiftool/parseXml.ts';

describe('the XML parser', () => {
  it('resolves namespaces, whatever the prefixes', () => {
    const root = parseXml('<?xml version="1.0"?><a:x xmlns:a="urn:1" xmlns="urn:2"><y a:k="v" k=\'w\'/></a:x>\n');
    assert.equal(root.name, '{urn:1}x');
    const [y] = root.children;
    assert.ok(y && typeof y !== 'string');
    assert.equal(y.name, '{urn:2}y');
    assert.deepEqual([...y.attributes], [['{urn:1}k', 'v'], ['k', 'w']]); // prettier-ignore
  });

  it('reads entities, CDATA and text around comments as one text', () => {
    const root = parseXml('<a>1 &lt;&amp;&#233;&#x1F600;<!-- x > y --><![CDATA[<b>&amp;]]>\r\n2</a>');
    assert.deepEqual(root.children, ['1 <&é😀<b>&amp;\n2']);
  });

  const broken: Record<string, string> = {
    'nothing': '',
    'text alone': 'hello',
    'an element that is not closed': '<a><b></b>',
    'elements closed in the wrong order': '<a><b></a></b>',
    'a closing tag too many': '<a></a></a>',
    'two roots': '<a/><b/>',
    'text behind the root': '<a/>x',
    'an attribute without quotes': '<a b=c/>',
    'an attribute twice': '<a b="1" b="2"/>',
    'a lone ampersand': '<a>b & c</a>',
    'an entity of its own': '<a>&b;</a>',
    'an entity of the name of what every object has': '<a>&constructor;</a>',
    'a document type': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    'a tag cut in half': '<a><b c="d',
    'a comment that does not end': '<a/><!-- ',
    'a prefix that is not declared': '<a><b:c/></a>',
    'a control character': '<a>\u0001</a>',
    'a reference to no character': '<a>&#0;</a>',
    'a thousand levels': `${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`,
  }; // prettier-ignore
  for (const [name, text] of Object.entries(broken)) {
    it(`refuses ${name}`, () => {
      assert.throws(() => parseXml(text), XmlError);
    });
  }

  it('names the line', () => {
    assert.throws(() => parseXml('<a>\n<b>\n</c>\n</a>'), /line 3/);
  });
});
