/** A service, and a request of it that costs no search. */
export interface ServiceAddress {
  readonly name: string;
  readonly endpoint: string;
  /** below the endpoint */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

export type ServiceFacts =
  | {
      readonly kind: 'answers';
      readonly status: number;
      readonly ms: number;
      /** the service's clock less this machine's, milliseconds; absent where it does not tell */
      readonly ahead?: number;
    }
  /** a protection turned the request away before the service saw it */
  | { readonly kind: 'blocked'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

/** Asks whether a service can be reached. Shows it no key. */
export interface ServiceProbe {
  /** Rejects only when `signal` is aborted. */
  ask(service: ServiceAddress, signal: AbortSignal): Promise<ServiceFacts>;
}
