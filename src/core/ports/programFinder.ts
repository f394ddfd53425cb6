/** Finds programs as the system does that starts them. */
export interface ProgramFinder {
  /** Absolute path; undefined when there is none of that name. */
  find(name: string): Promise<string | undefined>;
}
