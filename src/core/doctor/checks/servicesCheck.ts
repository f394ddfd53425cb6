import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { AskedService, ServiceSurvey } from '../serviceSurvey.ts';

/** Whether the services that the settings name can be reached. None of the requests costs a search. */
export class ServicesCheck implements Check {
  readonly id = 'services';
  readonly title = 'Services';
  private readonly survey: ServiceSurvey | undefined;

  /** @param survey absent with `--offline` */
  constructor(survey: ServiceSurvey | undefined) {
    this.survey = survey;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    if (!this.survey) return [{ status: 'unknown', title: 'Services', detail: 'Not asked (--offline).' }];
    const asked = await this.survey.facts(signal);
    return asked.length === 0
      ? [{ status: 'ok', title: 'Services', detail: 'None is used: the search is switched off.' }]
      : asked.map(serviceFinding);
  }
}

/** Never more than a warning: a run does well without any service, and takes the search up later. */
export function serviceFinding({ service: { name, endpoint }, facts }: AskedService): Finding {
  const warning = (detail: string, whatToDo: string): Finding => ({ status: 'warning', title: name, detail, whatToDo });
  switch (facts.kind) {
    case 'answers':
      if (facts.status === 429)
        return warning(`${endpoint} says that it is asked too often.`, 'Wait for some minutes.');
      return facts.status >= 500
        ? warning(`${endpoint} has trouble of its own (status ${facts.status}).`, 'Run again later.')
        : { status: 'ok', title: name, detail: `${endpoint} answers (${Math.round(facts.ms)} ms).` };
    case 'blocked':
      return warning(`${facts.why}.`, 'Try again later, or take it out of imageInbox.search.providers.');
    case 'unreachable':
      return warning(
        `${facts.why}.`,
        `Check the connection and the address ${endpoint}. A run with --offline asks no service.`,
      );
  }
}
