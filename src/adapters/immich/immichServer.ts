import * as v from 'valibot';
import type { Log } from '../../core/ports/log.ts';
import {
  PhotoServerError,
  type PhotoServer,
  type ServerAsset,
  type ServerLibrary,
} from '../../core/ports/photoServer.ts';
import { HttpClient, type HttpRequest } from '../http/httpClient.ts';
import type { HttpAnswer } from '../http/httpResult.ts';
import { parseJson } from '../http/parseJson.ts';
import { redact } from '../http/redact.ts';
import { TrafficMeter } from '../http/trafficMeter.ts';
import { userAgent } from '../http/userAgent.ts';
import { apiKeyAnswer, assetAnswer, errorAnswer, librariesAnswer, searchAnswer } from './immichShapes.ts';

export interface ImmichOptions {
  /** of its web page, with or without `/api` */
  readonly address: string;
  readonly apiKey?: string;
  /** of this program */
  readonly version: string;
  readonly log: Log;
}

/** The most that a page of a search holds. */
const PAGE = 1000;
const TIMEOUTS = { connect: 10_000, silence: 30_000, total: 60_000 };
const MAX_ANSWER = 32 * 1024 * 1024;

/** What an API key must be allowed for what is asked with it. https://api.immich.app */
const PERMISSIONS = ['library.read', 'library.update', 'asset.read', 'job.create'] as const;

/** Immich, over its HTTP API. */
export class ImmichServer implements PhotoServer {
  readonly name = 'Immich';
  private readonly http: HttpClient;
  private readonly secrets: readonly string[];
  private readonly hasKey: boolean;

  constructor({ address, apiKey, version, log }: ImmichOptions) {
    this.hasKey = apiKey !== undefined;
    this.secrets = apiKey === undefined ? [] : [apiKey];
    this.http = new HttpClient({
      service: this.name,
      endpoint: `${address.replace(/\/+$/, '').replace(/\/api$/, '')}/api`,
      userAgent: userAgent(version),
      ...(apiKey !== undefined && { headers: { 'x-api-key': apiKey } }),
      secrets: this.secrets,
      timeouts: TIMEOUTS,
      maxAnswer: MAX_ANSWER,
      log,
      // no provider of a run: it is asked after all images
      traffic: new TrafficMeter(),
    });
  }

  libraries(signal: AbortSignal): Promise<readonly ServerLibrary[]> {
    return this.ask(librariesAnswer, { path: '/libraries' }, signal);
  }

  async scan(library: string, signal: AbortSignal): Promise<void> {
    // an empty object: before 1.118 a body was required
    await this.send({ path: `/libraries/${encodeURIComponent(library)}/scan`, method: 'POST', json: {} }, signal);
  }

  async *assets(libraryId: string, containing: string | undefined, signal: AbortSignal): AsyncGenerator<ServerAsset> {
    // it looks for `%containing%`, where these three have a meaning
    const pattern = containing?.replace(/[\\%_]/g, '\\$&');
    let page: number | undefined = 1;
    while (page !== undefined) {
      const json: object = { libraryId, page, size: PAGE, ...(pattern !== undefined && { originalPath: pattern }) };
      const answer = await this.ask(searchAnswer, { path: '/search/metadata', method: 'POST', json }, signal);
      const { items, nextPage } = answer.assets;
      for (const { id, originalPath } of items) yield { id, path: originalPath };
      const next = Number(nextPage ?? NaN);
      page = items.length > 0 && next > page ? next : undefined;
    }
  }

  async tagsOf(asset: string, signal: AbortSignal): Promise<readonly string[]> {
    const { tags } = await this.ask(assetAnswer, { path: `/assets/${encodeURIComponent(asset)}` }, signal);
    return (tags ?? []).map(({ value }) => value);
  }

  async readAgain(assetIds: readonly string[], signal: AbortSignal): Promise<void> {
    await this.send({ path: '/assets/jobs', method: 'POST', json: { assetIds, name: 'refresh-metadata' } }, signal);
  }

  /** `force: false` looks at those alone that have none. */
  async discoverSidecars(signal: AbortSignal): Promise<void> {
    await this.send({ path: '/jobs/sidecar', method: 'PUT', json: { command: 'start', force: false } }, signal);
  }

  async missingPermissions(signal: AbortSignal): Promise<readonly string[]> {
    try {
      const { permissions } = await this.ask(apiKeyAnswer, { path: '/api-keys/me' }, signal);
      return permissions.includes('all') ? [] : PERMISSIONS.filter((one) => !permissions.includes(one));
    } catch (error) {
      // versions that don't tell
      if (error instanceof PhotoServerError && ['refused', 'not-permitted'].includes(error.reason)) return [];
      throw error;
    }
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async ask<S extends v.GenericSchema>(
    shape: S,
    request: Omit<HttpRequest, 'provider'>,
    signal: AbortSignal,
  ): Promise<v.InferOutput<S>> {
    const { text } = await this.send(request, signal);
    const parsed = v.safeParse(shape, parseJson(text));
    if (parsed.success) return parsed.output;
    throw new PhotoServerError('not-the-server', 'what answers at its address does not speak as Immich does');
  }

  private async send(request: Omit<HttpRequest, 'provider'>, signal: AbortSignal): Promise<HttpAnswer> {
    if (!this.hasKey) throw new PhotoServerError('no-key', 'no API key is set');
    const result = await this.http.exchange({ provider: 'immich', ...request }, signal);
    if (result.kind === 'failure') {
      const elsewhere = result.trouble === 'redirected' || result.trouble === 'blocked';
      throw new PhotoServerError(elsewhere ? 'not-the-server' : 'unreachable', result.message);
    }
    if (result.status < 300) return result;
    throw this.errorOf(result);
  }

  private errorOf({ status, text }: HttpAnswer): PhotoServerError {
    const said = v.safeParse(errorAnswer, parseJson(text));
    // Immich tells every error in JSON; whatever else answers does not
    if (!said.success) {
      const message = `its address answers with status ${status}, and not as Immich does`;
      return new PhotoServerError(status >= 500 ? 'unreachable' : 'not-the-server', message);
    }
    const message = redact([said.output.message].flat().join('; '), this.secrets).replace(/\.$/, '');
    if (status === 401) return new PhotoServerError('key-refused', `it refuses the API key (${message})`);
    if (status === 403) return new PhotoServerError('not-permitted', `the API key may not do this (${message})`);
    if (status >= 500) return new PhotoServerError('unreachable', `it has trouble of its own (${status}: ${message})`);
    return new PhotoServerError('refused', `it refuses what it was asked (${status}: ${message})`);
  }
}
