import * as vscode from 'vscode';
import type { Correction, CorrectionSource } from '../../core/learning/correction.ts';
import { featureWords } from '../../core/learning/features.ts';
import type { LearnedCategory, LearnedOf } from '../../core/learning/preferenceStats.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import { oneLine } from '../plainText.ts';

const { t } = vscode.l10n;

/** Features that a tooltip names. */
const SHOWN = 12;

/** A category of which something was learned; its corrections are below it. */
export class LearnedCategoryNode extends vscode.TreeItem {
  readonly kind = 'category';
  readonly category: string;

  constructor({ category, corrections, switchedOff }: LearnedCategory) {
    super(oneLine(category), vscode.TreeItemCollapsibleState.Collapsed);
    this.category = category;
    this.id = `learned:${category}`;
    this.iconPath = vscode.ThemeIcon.Folder;
    const count = corrections === 1 ? t('1 correction') : t('{0} corrections', corrections);
    this.description = switchedOff > 0 ? `${count}, ${t('{0} off', switchedOff)}` : count;
    this.accessibilityInformation = { label: `${oneLine(category)}, ${this.description}` };
  }
}

/** A correction of the user's; its box says whether it is learned from. */
export class CorrectionNode extends vscode.TreeItem {
  readonly kind = 'correction';
  readonly image: ContentHash;
  readonly features: readonly string[];

  constructor({ image, at, by, name, from, off, features }: Correction) {
    super(oneLine(name));
    this.image = image;
    this.features = features;
    this.id = `correction:${image}`;
    this.description = oneLine(t('from {0}, {1}', from ?? t('no category'), new Date(at).toLocaleDateString()));
    const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
    const tooltip = off
      ? t('Not learned from. Check it to learn from it again.')
      : t('Learned from. Uncheck it to keep it without learning from it.');
    this.checkboxState = {
      state: off ? Unchecked : Checked,
      tooltip,
      accessibilityInformation: { label: oneLine(`${name}: ${tooltip}`), role: 'checkbox' },
    };
    this.tooltip = oneLine(`${name}: ${HOW[by]()}. ${features.slice(0, SHOWN).map(featureWords).join(', ')}`);
    this.accessibilityInformation = { label: oneLine(`${name}, ${this.description}`) };
  }
}

/** Stands for the older corrections, which are not listed. */
export class OlderNode extends vscode.TreeItem {
  readonly kind = 'older';

  constructor(left: number) {
    super(t('and {0} older', left));
    this.iconPath = new vscode.ThemeIcon('ellipsis');
  }
}

export type LearnedNode = LearnedCategoryNode | CorrectionNode | OlderNode;

/** What speaks for a category, with the logarithm of how much more common it is there. */
export function evidenceText({ evidence }: LearnedOf): string {
  const witnesses = evidence.filter(({ strength }) => strength >= 0.05).slice(0, SHOWN);
  const words = witnesses.map(({ feature, strength }) => `${featureWords(feature)} (+${strength.toFixed(1)})`);
  return words.length === 0 ? t('Nothing speaks for it yet.') : oneLine(t('What speaks for it: {0}', words.join(', ')));
}

/** How we came to know of a correction. */
const HOW: Readonly<Record<CorrectionSource, () => string>> = {
  review: () => t('chosen in the review'),
  terminal: () => t('chosen in the terminal'),
  explorer: () => t('moved in VS Code'),
  tree: () => t('moved in VS Code'),
  watcher: () => t('moved by another program'),
  'found-again': () => t('moved by another program'),
};
