import { cleanText } from '../../core/sidecar/cleanText.ts';
import { LIST_FIELDS, TAG_FIELDS, TEXT_FIELDS, type SidecarFields } from '../../core/sidecar/fields.ts';
import { parseAcdseeCategories } from './acdseeCategories.ts';
import { FIELD_TABLE } from './fieldTable.ts';
import { LANG, TEXT, type XmpProperties, type XmpValue } from './parseXmp.ts';
import { XmlError } from './parseXml.ts';

/** PLUS codes stand in the file as addresses of their vocabulary. */
const PLUS_VOCABULARY = /^https?:\/\/ns\.useplus\.org\/ldf\/vocab\//;

const OF_TAGS: ReadonlySet<string> = new Set(TAG_FIELDS);

/**
 * What the fields that we know say, as it can be written again: others break lines within a tag, or around it, and no argument
 * of ExifTool holds a line break.
 */
export function readFields(properties: XmpProperties): SidecarFields {
  const fields: Record<string, string | readonly string[]> = {};
  for (const field of LIST_FIELDS) {
    const value = properties.get(FIELD_TABLE[field].property);
    const entries = field === 'acdseeCategories' ? categoriesOf(value) : textsOf(value);
    // an empty entry says something of tags: the list was emptied. A list without entries says nothing, and is none
    const said = entries.filter((text) => cleanText(text) !== '' || (text === '' && OF_TAGS.has(field)));
    if (said.length > 0) fields[field] = said.map(writable);
  }
  for (const field of TEXT_FIELDS) {
    const value = properties.get(FIELD_TABLE[field].property);
    const text = writable((value === undefined ? undefined : textOf(value)) ?? '');
    if (text.trim() !== '') {
      fields[field] = field === 'adultContentWarning' ? text.replace(PLUS_VOCABULARY, '') : text;
    }
  }
  return fields;
}

/** Spaces around it are somebody's, and stay. */
function writable(text: string): string {
  const clean = cleanText(text);
  return clean === text.trim() ? text : clean;
}

/** The entries of a list; some programs write a list of one as plain text. */
function textsOf(value: XmpValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  if (isList(value)) return value.flatMap(textsOf);
  const text = value[TEXT];
  return typeof text === 'string' ? [text] : [];
}

/** None when it is nothing that we understand, and so nothing to bring up to date. */
function categoriesOf(value: XmpValue | undefined): readonly string[] {
  const text = value && textOf(value);
  try {
    return text ? parseAcdseeCategories(text) : [];
  } catch (error) {
    if (error instanceof XmlError) return [];
    throw error;
  }
}

/** The text, of several languages the default. */
function textOf(value: XmpValue): string | undefined {
  if (!isList(value)) return textsOf(value)[0];
  const standard = value.find((item) => typeof item !== 'string' && !isList(item) && item[LANG] === 'x-default');
  return textsOf(standard ?? value)[0];
}

const isList = (value: XmpValue): value is readonly XmpValue[] => Array.isArray(value);
