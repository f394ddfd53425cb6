import type { ServiceAddress, ServiceFacts, ServiceProbe } from '../ports/serviceProbe.ts';

export interface AskedService {
  readonly service: ServiceAddress;
  readonly facts: ServiceFacts;
}

/** Asks the services once, for all the checks that want to know. */
export class ServiceSurvey {
  private readonly services: readonly ServiceAddress[];
  private readonly probe: ServiceProbe;
  private asked: Promise<readonly AskedService[]> | undefined;

  constructor(services: readonly ServiceAddress[], probe: ServiceProbe) {
    this.services = services;
    this.probe = probe;
  }

  /** The signal of the first one who asks counts. */
  facts(signal: AbortSignal): Promise<readonly AskedService[]> {
    return (this.asked ??= Promise.all(
      this.services.map(async (service) => ({ service, facts: await this.probe.ask(service, signal) })),
    ));
  }
}
