import { XmlError } from './parseXml.ts';

const DECLARATION = /^(\s*<\?xml\s[^>]*?encoding\s*=\s*["'])([^"']+)/;

/**
 * The text of an XMP file: UTF-8, or UTF-16 by its byte order mark or by its first letter, which is a `<` in all XML.
 * @throws XmlError when it is in none of these
 */
export function xmpText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new XmlError(`not ${encoding.toUpperCase()} text`, { cause });
  }
  const declared = DECLARATION.exec(text)?.[2];
  if (declared !== undefined && !/^(utf-?(8|16(le|be)?)|us-ascii)$/i.test(declared)) {
    throw new XmlError(`encoding ${declared}, where XMP is Unicode`);
  }
  return text;
}

/** The same XMP in UTF-8: ExifTool refuses UTF-16 that does not begin with a declaration of XML or a packet. */
export function inUtf8(bytes: Uint8Array): Uint8Array {
  if (encodingOf(bytes) === 'utf-8') return bytes;
  return Buffer.from(xmpText(bytes).replace(DECLARATION, '$1UTF-8'));
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return 'utf-8';
}
