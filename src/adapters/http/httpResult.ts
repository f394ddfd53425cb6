import type { FailureReason } from '../../core/model/failure.ts';

/** What the service said. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  /** the body as UTF-8, without a byte order mark */
  readonly text: string;
}

export type HttpTrouble = 'network' | 'timeout' | 'too-large' | 'redirected' | 'blocked';

/** Why there is no answer of the service's own. */
export interface HttpFailure {
  readonly kind: 'failure';
  readonly trouble: HttpTrouble;
  /** no connection was made: the service has seen nothing of the request */
  readonly unsent?: true;
  /** for people, without secrets */
  readonly message: string;
}

export type HttpResult = HttpAnswer | HttpFailure;

/** The word of the core for a trouble on the way. */
export const REASON_OF_TROUBLE: Readonly<Record<HttpTrouble, FailureReason>> = {
  network: 'network',
  timeout: 'network',
  'too-large': 'bad-answer',
  redirected: 'bad-answer',
  blocked: 'blocked',
};
