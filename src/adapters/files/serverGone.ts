import { codeOf } from './fileErrors.ts';

/** What the system says when the other side of a network drive is gone, not the file. */
const GONE = new Set([
  'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'ENETRESET', 'ENOTCONN', 'ECONNRESET', 'ECONNABORTED',
  'ECONNREFUSED', 'ETIMEDOUT', 'ESTALE', 'ENODEV', 'ENXIO', 'ESHUTDOWN',
]); // prettier-ignore

/** Whether an error says so: then it is about all files. */
export const isServerGone = (error: unknown): boolean => GONE.has(codeOf(error) ?? '');
