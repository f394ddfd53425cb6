import type { Check } from './check.ts';
import type { FolderSurvey } from './folderSurvey.ts';

/** The check, left out where the working folder, in which it reads, gives no answer: it would hang there, and keep the program. */
export function unlessFolderHangs(check: Check, survey: FolderSurvey): Check {
  const { id, title } = check;
  return {
    id,
    title,
    look: async (signal) => {
      const { working } = await survey.facts(signal);
      return working.kind === 'no-answer'
        ? [{ status: 'unknown', title, detail: 'Not looked at: the working folder gives no answer.' }]
        : check.look(signal);
    },
  };
}
