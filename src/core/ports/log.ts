/** Lines for the output channel, the log file or stderr. Whoever writes here keeps keys and logins out. */
export interface Log {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}
