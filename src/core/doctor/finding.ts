/** `unknown`: it could not be found out, which says nothing for or against it. */
export type FindingStatus = 'ok' | 'warning' | 'problem' | 'unknown';

/** One thing that was looked at. Texts are for people, one line each, without secrets; paths in them are as they are. */
export interface Finding {
  readonly status: FindingStatus;
  /** what was looked at: `Inbox`, `Perl` */
  readonly title: string;
  /** how it is */
  readonly detail: string;
  readonly whatToDo?: string;
  /** a repair of journal and database puts it right */
  readonly isRepairable?: true;
}
