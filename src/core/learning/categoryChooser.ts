import { resultOf, type ImageState } from '../model/imageState.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import type { SortedTree } from '../ports/sortedTree.ts';
import { categoryFolder } from '../rules/categoryFolder.ts';
import { chooseCategory } from '../rules/chooseCategory.ts';
import type { CategoryRule } from '../rules/rule.ts';
import { factsOf } from './categoryFactsOf.ts';
import { decideCategory, type CategoryDecision } from './decideCategory.ts';
import type { Learner } from './learner.ts';
import { learnedFeatures } from './learnSorting.ts';

/** What the user's corrections have taught, and what it may choose from. */
export interface Learning {
  readonly learner: Learner;
  readonly tree: SortedTree;
  /** 0 to 1 */
  readonly minConfidence: number;
}

export interface CategoryChooserParts {
  readonly rules: readonly CategoryRule[];
  readonly maxGeneralTags: number;
  /** absent: the rules alone choose, and nothing is learned */
  readonly learning?: Learning;
}

/** Chooses the category of an image by all that is known of it. */
export class CategoryChooser {
  private readonly parts: CategoryChooserParts;
  private reading: Promise<void> | undefined;
  /** those of rules and sorted folder when the first image came, and what was made since */
  private readonly known = new Set<string>();

  constructor(parts: CategoryChooserParts) {
    this.parts = parts;
  }

  /** A person's choice, else what was learned where it is sure enough, else the first rule that holds. */
  async choose(state: ImageState): Promise<CategoryDecision & Pick<CategorizeResult, 'chosen'>> {
    await this.ready();
    return this.chooseNow(state);
  }

  /** Resolves when it is known which categories the user has. */
  ready(): Promise<void> {
    this.reading ??= this.readFolders().catch((error: unknown) => {
      // what could not be read for one image may be there for the next
      this.reading = undefined;
      throw error;
    });
    return this.reading;
  }

  /** The same as `choose`, once it is ready. */
  chooseNow(state: ImageState): CategoryDecision & Pick<CategorizeResult, 'chosen'> {
    const { rules, maxGeneralTags, learning } = this.parts;
    const choice = chooseCategory(rules, factsOf(state, maxGeneralTags));
    const chosen = resultOf(state, 'review')?.category;
    if (chosen !== undefined) {
      const because = 'you chose it';
      return { suggested: choice.category, learned: false, final: chosen, because, ...(learning && { chosen: true }) };
    }
    const allowed = new Set([...this.known, categoryFolder(choice.category)]);
    const prediction = learning?.learner.predict(learnedFeatures(state), allowed);
    return decideCategory(choice, prediction, learning?.minConfidence ?? 1);
  }

  /** An image went there: from now on the user has that category. @param folder as `categoryFolder` gives it */
  made(folder: string): void {
    this.known.add(folder);
  }

  /** The categories that the user has: those of the rules, and the folders that are there. */
  private async readFolders(): Promise<void> {
    const { rules, learning } = this.parts;
    if (!learning) return;
    const plain = rules.filter(({ category }) => !category.includes('{'));
    const folders = await learning.tree.folders();
    for (const folder of [...folders, ...plain.map(({ category }) => categoryFolder(category))]) this.known.add(folder);
  }
}
