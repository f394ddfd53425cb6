/** An element with its namespace resolved. `name` is `{namespace}local`, or the bare local name outside any namespace. */
export interface XmlElement {
  readonly name: string;
  /** by name in the same form; `xmlns` declarations are not among them */
  readonly attributes: ReadonlyMap<string, string>;
  /** elements and text in the order in which they stand; neighbouring text is one entry */
  readonly children: readonly (XmlElement | string)[];
}

/** The text is no well-formed XML, with what is wrong and in which line. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

const XML = 'http://www.w3.org/XML/1998/namespace';
/** Deeper than any metadata, and far from the end of the stack for whoever walks the tree. */
const MAX_DEPTH = 100;
// eslint-disable-next-line no-control-regex -- XML 1.0 forbids them
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const NAME = /[^\s<>/=&'"!?[\]]+/y;
const ATTRIBUTE = /\s+([^\s<>/=&'"!?[\]]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([['amp', '&'], ['lt', '<'], ['gt', '>'], ['quot', '"'], ['apos', "'"]]); // prettier-ignore

interface Open {
  readonly tag: string;
  readonly element: XmlElement & { readonly children: (XmlElement | string)[] };
  readonly namespaces: ReadonlyMap<string, string>;
}

/**
 * Parses XML 1.0 with namespaces, strictly: what is not well-formed is refused, never repaired, since a repaired sidecar is
 * one that has lost something. Without document types: XMP has none, and entities of one's own are an attack.
 * @returns the root element
 * @throws XmlError
 */
export function parseXml(source: string): XmlElement {
  const text = source.replaceAll('\r\n', '\n');
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let at = 0;
  const fail = (what: string, where = at): never => {
    throw new XmlError(`${what} (line ${text.slice(0, where).split('\n').length})`);
  };
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden) fail('a character that XML does not allow', forbidden.index);

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const past = (end: string, what: string): string => {
    const to = text.indexOf(end, at);
    if (to < 0) return fail(`${what} does not end`);
    const inside = text.slice(at, to);
    at = to + end.length;
    return inside;
  };
  const addText = (value: string): void => {
    const children = open.at(-1)?.element.children;
    if (!children) {
      if (value.trim()) fail('text outside the root element');
      return;
    }
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + value;
    else if (value) children.push(value);
  };
  const decode = (value: string): string =>
    value.replace(/&([^;&\s]*)(;?)/g, (_, entity: string, end: string) => {
      const known = end ? (ENTITIES.get(entity) ?? character(entity)) : undefined;
      return known ?? fail(`an unknown entity &${entity}`);
    });

  const openTag = (): void => {
    const tag = take(NAME)?.[0] ?? fail('a tag without a name');
    const raw = new Map<string, string>();
    for (let found = take(ATTRIBUTE); found; found = take(ATTRIBUTE)) {
      const [, name = '', double, single] = found;
      if (raw.has(name)) fail(`attribute ${name} twice`);
      raw.set(name, decode(double ?? single ?? ''));
    }
    const end = take(TAG_END) ?? fail(`tag <${tag}> is not well-formed`);
    const namespaces = scope(open.at(-1)?.namespaces, raw);
    const resolve = (name: string, isAttribute: boolean): string => {
      const [prefix = '', local] = name.includes(':') ? name.split(':', 2) : ['', name];
      if (!prefix && isAttribute) return name;
      const namespace = namespaces.get(prefix);
      if (namespace === undefined && prefix) fail(`prefix ${prefix} is not declared`);
      return namespace ? `{${namespace}}${local ?? ''}` : name;
    };
    const attributes = new Map(
      [...raw].filter(([name]) => !/^xmlns(:|$)/.test(name)).map(([name, value]) => [resolve(name, true), value]),
    );
    const element = { name: resolve(tag, false), attributes, children: [] };
    const parent = open.at(-1);
    if (parent) parent.element.children.push(element);
    else if (root) fail('a second root element');
    else root = element;
    if (end[1]) return;
    if (open.length >= MAX_DEPTH) fail('too many levels');
    open.push({ tag, element, namespaces });
  };
  const closeTag = (): void => {
    const tag = take(NAME)?.[0];
    const expected = open.pop()?.tag;
    if (tag === undefined || tag !== expected) fail(`</${tag ?? ''}> where </${expected ?? ''}> is expected`);
    if (take(TAG_END)?.[1] !== '') fail(`tag </${tag ?? ''}> is not well-formed`);
  };

  while (at < text.length) {
    const next = text.indexOf('<', at);
    const to = next < 0 ? text.length : next;
    if (to > at) addText(decode(text.slice(at, to)));
    at = to;
    if (next < 0) break;
    if (skip('<!--')) past('-->', 'a comment');
    else if (skip('<![CDATA[')) addText(past(']]>', 'a CDATA section'));
    else if (skip('<?')) past('?>', 'a processing instruction');
    else if (skip('<!')) fail('a document type');
    else if (skip('</')) closeTag();
    else if (skip('<')) openTag();
  }
  const unclosed = open.at(-1);
  if (unclosed) fail(`<${unclosed.tag}> is not closed`);
  return root ?? fail('no element');

  function skip(token: string): boolean {
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  }
}

/** `#233`, `#xE9` */
function character(entity: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(entity) ?? [];
  const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(decimal ?? '', 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function scope(
  outer: ReadonlyMap<string, string> | undefined,
  attributes: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const declared = [...attributes].flatMap(([name, value]): [string, string][] =>
    name === 'xmlns' ? [['', value]] : name.startsWith('xmlns:') ? [[name.slice(6), value]] : [],
  );
  return outer && declared.length === 0 ? outer : new Map([['xml', XML], ...(outer ?? []), ...declared]);
}
