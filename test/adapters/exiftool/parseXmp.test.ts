import assert from 'node:assert/strict';
import { parseXmp } from '../../../src/adapters/exiftool/parseXmp.ts';
import { readFields } from '../../../src/adapters/exiftool/readFields.ts';

const packet = (inside: string): string => `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${inside}</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`;
const NAMESPACES = `xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:n="urn:n"
  xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"`;
const read = (inside: string) => parseXmp(Buffer.from(packet(inside)));

describe('the XMP reader', () => {
  it('reads attributes, elements and several descriptions as the same properties', () => {
    const asElements = read(`<rdf:Description rdf:about="" ${NAMESPACES}><xmp:Rating>4</xmp:Rating>
      <n:s rdf:parseType="Resource"><n:b>2</n:b><n:a>1</n:a></n:s></rdf:Description>`);
    const asAttributes = read(`<rdf:Description rdf:about="" ${NAMESPACES} xmp:Rating="4"/>
      <rdf:Description rdf:about="" ${NAMESPACES}><n:s n:a="1" n:b="2"/></rdf:Description>`);
    const nested = read(`<rdf:Description ${NAMESPACES} xmp:Rating="4">
      <n:s><rdf:Description n:a="1" n:b="2"/></n:s></rdf:Description>`);
    assert.deepEqual(asAttributes, asElements);
    assert.deepEqual(nested, asElements);
  });

  it('knows lists, languages, and a tag list that was emptied', () => {
    const fields = readFields(
      read(`<rdf:Description ${NAMESPACES}>
        <dc:subject><rdf:Bag><rdf:li>a, b</rdf:li><rdf:li/><rdf:li> &lt;c&gt; </rdf:li></rdf:Bag></dc:subject>
        <dc:description><rdf:Alt><rdf:li xml:lang="de">Text</rdf:li><rdf:li xml:lang="x-default">text</rdf:li></rdf:Alt></dc:description>
        <dc:creator>Somebody</dc:creator>
        <digiKam:TagsList><rdf:Seq><rdf:li/></rdf:Seq></digiKam:TagsList>
        <plus:AdultContentWarning rdf:resource="http://ns.useplus.org/ldf/vocab/CW-AWR"/></rdf:Description>`),
    );
    assert.deepEqual(fields, {
      subject: ['a, b', ' <c> '],
      description: 'text',
      creator: ['Somebody'],
      tagsList: [''],
      adultContentWarning: 'CW-AWR',
    });
  });

  it('reads UTF-16 and byte order marks', () => {
    const text = packet(`<rdf:Description ${NAMESPACES} xmp:Label="日本"/>`);
    const utf8 = parseXmp(Buffer.from(text));
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    assert.deepEqual(parseXmp(little), utf8);
    assert.deepEqual(parseXmp(Buffer.from(little).swap16()), utf8);
    assert.deepEqual(parseXmp(Buffer.from(`\ufeff${text}`)), utf8);
    assert.equal(utf8.get('{http://ns.adobe.com/xap/1.0}Label'), '日本');
  });

  it('refuses what is no XMP or no Unicode', () => {
    assert.throws(() => parseXmp(Buffer.from('<html/>')), /no XMP/);
    assert.throws(() => parseXmp(Buffer.from([0x3c, 0x61, 0xff, 0x3e])), /not UTF-8/);
    assert.throws(() => parseXmp(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')), /ISO-8859-1/);
  });
});
