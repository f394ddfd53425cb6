import { toLevel } from '../../core/sidecar/tagPath.ts';
import { parseXml, type XmlElement } from './parseXml.ts';

/** A category with those below it; `assigned` is what the picture has. */
interface Category {
  readonly name: string;
  assigned: boolean;
  readonly below: Map<string, Category>;
}

/**
 * acdsee:categories is a text that holds XML of its own, as ACDSee and digiKam write it:
 *
 *   <Categories><Category Assigned="0">Places<Category Assigned="1">Home</Category></Category></Categories>
 *
 * @returns the assigned categories, each once, levels joined with `/`
 * @throws XmlError
 */
export function parseAcdseeCategories(text: string): readonly string[] {
  const root = parseXml(text);
  const categories = root.name === 'Category' ? [root] : childrenOf(root);
  return [...new Set(categories.flatMap((category) => assignedIn(category, [])))];
}

function assignedIn(category: XmlElement, above: readonly string[]): readonly string[] {
  const text = category.children.filter((part) => typeof part === 'string').join('');
  const name = toLevel(text); // of one level, whatever is in it
  const path = [...above, name];
  const own = category.attributes.get('Assigned') === '1' && name !== '' ? [path.join('/')] : [];
  return [...own, ...childrenOf(category).flatMap((child) => assignedIn(child, path))];
}

/** The way back. */
export function formatAcdseeCategories(tags: readonly string[]): string {
  const root = new Map<string, Category>();
  for (const tag of tags) {
    let level = root;
    let category: Category | undefined;
    for (const name of tag.split('/')) {
      category = level.get(name) ?? { name, assigned: false, below: new Map() };
      level.set(name, category);
      level = category.below;
    }
    if (category) category.assigned = true;
  }
  return `<Categories>${formatLevel(root)}</Categories>`;
}

const formatLevel = (level: ReadonlyMap<string, Category>): string =>
  [...level.values()]
    .map(({ name, assigned, below }) => {
      const inside = escapeXml(name) + formatLevel(below);
      return `<Category Assigned="${assigned ? 1 : 0}">${inside}</Category>`;
    })
    .join('');

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const childrenOf = (element: XmlElement): XmlElement[] =>
  element.children.filter((child) => typeof child !== 'string' && child.name === 'Category') as XmlElement[];
