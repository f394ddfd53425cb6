import { parseXml, XmlError, type XmlElement } from './parseXml.ts';
import { xmpText } from './xmpText.ts';

/**
 * A value of XMP's data model, whatever way of writing RDF it stood in: text, list (Bag, Seq, Alt) or structure. Entries of
 * a language alternative are structures of `LANG` and `TEXT`.
 */
export type XmpValue = string | readonly XmpValue[] | { readonly [name: string]: XmpValue };

/**
 * Properties by `{namespace}local`, the namespace without a slash at its end: Exiv2 and ExifTool disagree over that of
 * MicrosoftPhoto, and each takes the other's. What is empty is left out, as ExifTool does.
 */
export type XmpProperties = ReadonlyMap<string, XmpValue>;

export const LANG = '@lang';
export const TEXT = '@text';

const RDF = '{http://www.w3.org/1999/02/22-rdf-syntax-ns#}';
const XML_LANG = '{http://www.w3.org/XML/1998/namespace}lang';
const LISTS = new Set([`${RDF}Bag`, `${RDF}Seq`, `${RDF}Alt`]);
/** RDF's own attributes, which are no properties. */
const SYNTAX = new Set([`${RDF}about`, `${RDF}ID`, `${RDF}nodeID`, `${RDF}parseType`, `${RDF}resource`, XML_LANG]);

/**
 * Reads an XMP packet. Sidecars of Adobe, Exiv2, darktable and ExifTool write the same properties as attributes, elements,
 * several descriptions or `parseType="Resource"`; here they are the same.
 * @param bytes the file, in UTF-8 or UTF-16
 * @throws XmlError when it is no XMP
 */
export function parseXmp(bytes: Uint8Array): XmpProperties {
  const root = parseXml(xmpText(bytes));
  const rdf = root.name === `${RDF}RDF` ? root : elementsOf(root).find((child) => child.name === `${RDF}RDF`);
  if (!rdf) throw new XmlError('XML, but no XMP');
  const properties = new Map<string, XmpValue>();
  for (const description of elementsOf(rdf)) {
    for (const [name, value] of membersOf(description)) {
      const before = properties.get(name);
      properties.set(name, before === undefined ? value : [...asList(before), ...asList(value)]);
    }
  }
  return properties;
}

/** Properties of a description or fields of a structure. */
function membersOf(node: XmlElement): [string, XmpValue][] {
  const attributes = [...node.attributes].filter(([name]) => !SYNTAX.has(name));
  const elements = elementsOf(node).map((child): [string, XmpValue] => [child.name, valueOf(child)]);
  return [...attributes, ...elements]
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => [name.replace('/}', '}'), value]);
}

function valueOf(node: XmlElement): XmpValue {
  const [child] = elementsOf(node);
  if (child && LISTS.has(child.name)) {
    const items = elementsOf(child).map(valueOf);
    // one empty entry is Immich's way to say that every tag was removed
    return items.length > 1 ? items.filter((item) => !isEmpty(item)) : items;
  }
  if (child?.name === `${RDF}Description`) return Object.fromEntries(sorted(membersOf(child)));
  const members = membersOf(node);
  if (members.length > 0 || node.attributes.get(`${RDF}parseType`) === 'Resource') {
    return Object.fromEntries(sorted(members));
  }
  const text =
    node.attributes.get(`${RDF}resource`) ?? node.children.filter((part) => typeof part === 'string').join('');
  const lang = node.attributes.get(XML_LANG);
  return lang === undefined ? text : { [LANG]: lang, [TEXT]: text };
}

function isEmpty(value: XmpValue): boolean {
  return typeof value === 'string' ? value === '' : Object.keys(value).length === 0;
}

const sorted = (members: [string, XmpValue][]): [string, XmpValue][] =>
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

const elementsOf = (node: XmlElement): XmlElement[] => node.children.filter((child) => typeof child !== 'string');

const asList = (value: XmpValue): readonly XmpValue[] =>
  Array.isArray(value) ? (value as readonly XmpValue[]) : [value];
