import { UNCATEGORIZED } from './categoryFolder.ts';
import type { CategoryFacts } from './categoryFacts.ts';
import { reasonsOf } from './conditions.ts';
import { fillCategory } from './placeholders.ts';
import type { CategoryRule } from './rule.ts';

export interface CategoryChoice {
  readonly category: string;
  /** for people: which rule, and what made it hold */
  readonly because: string;
}

/** The first rule whose conditions hold and whose placeholders can be filled as it wants them. */
export function chooseCategory(rules: readonly CategoryRule[], facts: CategoryFacts): CategoryChoice {
  for (const [index, rule] of rules.entries()) {
    const reasons = reasonsOf(rule.when ?? {}, facts);
    const category = reasons && fillCategory(rule, facts);
    if (reasons === undefined || category === undefined) continue;
    return { category, because: `rule ${index + 1}: ${reasons.length > 0 ? reasons.join(', ') : 'no conditions'}` };
  }
  return { category: UNCATEGORIZED, because: 'no rule holds' };
}
