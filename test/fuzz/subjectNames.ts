/** What is fed with spoiled bytes; see subjects.ts. */
export const SUBJECTS = [
  'images', 'sidecars', 'beside', 'journal', 'digest', 'database', 'values', 'manifests', 'preferences', 'settings',
] as const; // prettier-ignore
