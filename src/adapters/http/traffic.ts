/** Is told of every request that goes out. */
export interface Traffic {
  request(provider: string): void;
  /** One of those is another try. */
  retry(provider: string): void;
}
