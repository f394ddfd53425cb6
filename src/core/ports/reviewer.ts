import type { FoundImage } from '../model/image.ts';
import type { Match } from '../model/match.ts';
import type { Decision, Suggestion } from '../model/review.ts';

/**
 * A person (the panel in VS Code, a prompt in the terminal), or nobody. Asked for each image whose tags the settings do not
 * approve; `undefined` parks the image until a decision comes. Must answer at once: nobody's answer holds up a run.
 */
export interface Reviewer {
  decide(image: FoundImage, suggestion: Suggestion, match: Match | undefined): Decision | undefined;
}
