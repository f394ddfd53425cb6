import { join } from 'node:path';
import { DanbooruKeyCheck } from './adapters/danbooru/danbooruKeyCheck.ts';
import { ExiftoolProbe } from './adapters/exiftool/exiftoolProbe.ts';
import { PerlProbe } from './adapters/exiftool/perlProbe.ts';
import { ForkedFolderProbe } from './adapters/files/forkedFolderProbe.ts';
import { NodeFiles } from './adapters/files/nodeFiles.ts';
import { NodeJournalFolder } from './adapters/files/nodeJournal.ts';
import { NodeLockProbe } from './adapters/files/nodeLockProbe.ts';
import { PathPrograms } from './adapters/files/pathPrograms.ts';
import { HttpServiceProbe } from './adapters/http/httpServiceProbe.ts';
import { ImmichKeyCheck } from './adapters/immich/immichKeyCheck.ts';
import { ImmichServer, type ImmichOptions } from './adapters/immich/immichServer.ts';
import { SharpProbe } from './adapters/image/sharpProbe.ts';
import { AnalyzerProbe } from './adapters/onnx/analyzerProbe.ts';
import { ModelChecksums } from './adapters/onnx/modelChecksums.ts';
import { SauceNaoKeyCheck } from './adapters/saucenao/sauceNaoKeyCheck.ts';
import { SqljsDatabaseProbe } from './adapters/sqljs/sqljsDatabaseProbe.ts';
import { SqljsProbe } from './adapters/sqljs/sqljsProbe.ts';
import type { Assets, Host } from './compose.ts';
import type { Check, CheckId } from './core/doctor/check.ts';
import { ClockCheck } from './core/doctor/checks/clockCheck.ts';
import { DatabaseCheck } from './core/doctor/checks/databaseCheck.ts';
import { ExiftoolCheck } from './core/doctor/checks/exiftoolCheck.ts';
import { FoldersCheck } from './core/doctor/checks/foldersCheck.ts';
import { JournalCheck } from './core/doctor/checks/journalCheck.ts';
import { KeysCheck } from './core/doctor/checks/keysCheck.ts';
import { LockCheck } from './core/doctor/checks/lockCheck.ts';
import { ModelsCheck } from './core/doctor/checks/modelsCheck.ts';
import { PhotoServerCheck } from './core/doctor/checks/photoServerCheck.ts';
import { ProgramCheck } from './core/doctor/checks/programCheck.ts';
import { ServicesCheck } from './core/doctor/checks/servicesCheck.ts';
import { SettingsCheck } from './core/doctor/checks/settingsCheck.ts';
import { SpaceCheck } from './core/doctor/checks/spaceCheck.ts';
import { SyncCheck } from './core/doctor/checks/syncCheck.ts';
import { Doctor } from './core/doctor/doctor.ts';
import { FolderSurvey } from './core/doctor/folderSurvey.ts';
import { ServiceSurvey } from './core/doctor/serviceSurvey.ts';
import { unlessFolderHangs } from './core/doctor/unlessFolderHangs.ts';
import type { KeyCheck } from './core/ports/keyCheck.ts';
import type { ServiceAddress } from './core/ports/serviceProbe.ts';
import { placesOf } from './core/settings/folders.ts';
import { readSettings } from './core/settings/resolveSettings.ts';
import type { Settings } from './core/settings/settingsTable.ts';

/** What a host hands in for a checkup: the same as for a run, but for who watches it and decides. */
export interface DoctorHost extends Pick<Host, 'version' | 'workspace' | 'settings' | 'secrets' | 'log' | 'clock'> {
  readonly assets: Assets & {
    /** the built folderProbeProcess */
    readonly folderProbe: string;
  };
  /** why the settings could not be read at all, where that is so */
  readonly unreadableSettings?: string;
}

export interface DoctorOptions {
  /** no network at all */
  readonly offline: boolean;
  /** settings for this checkup alone, by key without prefix */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** these checks alone */
  readonly only?: readonly CheckId[];
}

/**
 * Wires the checkup to the real parts: the second place, beside compose.ts, that names concrete classes. It stands for itself
 * because it must work where `compose` refuses: with settings that are not allowed, and folders in each other's way.
 */
export function composeDoctor(host: DoctorHost, { offline, overrides, only }: DoctorOptions): Doctor {
  const { version, workspace, assets, log, clock, secrets, unreadableSettings } = host;
  const given = { ...host.settings, ...overrides };
  const { settings, problems } = readSettings(given);
  const folders = placesOf(settings, workspace);
  const { working } = folders;

  const survey = new FolderSurvey(folders, new ForkedFolderProbe({ program: assets.folderProbe }));
  const services = offline
    ? undefined
    : new ServiceSurvey(servicesWithoutKey(settings, host), new HttpServiceProbe(version, log));
  const lock = new NodeLockProbe(working);
  const sqljs = { file: join(working, 'image-inbox.db'), wasm: assets.sqlWasm };
  const journal = new JournalCheck({ journals: new NodeJournalFolder(working), files: new NodeFiles(), lock });
  const searches = settings['stages.search'];
  const { saucenao, danbooru } = keyChecks(settings, host);
  const hasLogin = secrets.danbooruLogin !== undefined || secrets.danbooruApiKey !== undefined;
  const keys = [
    { check: saucenao, isNeeded: searches && settings['search.providers'].includes('saucenao') },
    // a login that is set goes out with every request for a post: refused, it spoils those as well
    { check: danbooru, isNeeded: searches && (hasLogin || settings['search.providers'].includes('danbooru-iqdb')) },
  ];

  const syncs = settings['stages.sync'];
  const photoServer =
    settings['immich.address'] === ''
      ? undefined
      : {
          server: new ImmichServer(immichOptions(settings, host)),
          library: settings['immich.library'],
          ...(syncs && folders.nas !== undefined && { nas: folders.nas }),
        };

  const checks: readonly Check[] = [
    new SettingsCheck(
      [...(unreadableSettings === undefined ? [] : [unreadableSettings]), ...problems],
      Object.keys(given),
    ),
    new ProgramCheck(process.versions.node, new SharpProbe(), new SqljsProbe(assets.sqlWasm)),
    new ExiftoolCheck({
      ...(process.platform !== 'win32' && { perl: new PerlProbe() }),
      exiftool: new ExiftoolProbe(log),
      isNeeded: settings['stages.xmp'],
    }),
    new ModelsCheck(
      new ModelChecksums(assets.models),
      new AnalyzerProbe(assets.analyzerWorker, assets.models),
      settings['stages.analyze'],
    ),
    new FoldersCheck(survey),
    new SpaceCheck(survey, settings['workflow.transfer'] === 'copy'),
    new SyncCheck(settings, new PathPrograms(process.env), syncs ? folders.nas : undefined),
    new PhotoServerCheck(photoServer, offline),
    new KeysCheck(keys, offline),
    new ServicesCheck(services),
    new ClockCheck(clock, services),
    unlessFolderHangs(new LockCheck(lock), survey),
    unlessFolderHangs(journal, survey),
    unlessFolderHangs(new DatabaseCheck(new SqljsDatabaseProbe(sqljs)), survey),
  ];
  return new Doctor(only ? checks.filter(({ id }) => only.includes(id)) : checks, clock);
}

type KeyHost = Pick<Host, 'version' | 'settings' | 'secrets' | 'log'>;

/** The checks of the keys alone, for whoever sets them. */
export function composeKeyChecks(host: KeyHost): Readonly<Record<'saucenao' | 'danbooru' | 'immich', KeyCheck>> {
  const { settings } = readSettings(host.settings);
  return { ...keyChecks(settings, host), immich: new ImmichKeyCheck(immichOptions(settings, host)) };
}

function immichOptions(settings: Settings, { version, log, secrets: { immichApiKey } }: KeyHost): ImmichOptions {
  const address = settings['immich.address'];
  return { address, version, log, ...(immichApiKey !== undefined && { apiKey: immichApiKey }) };
}

function keyChecks(settings: Settings, { version, log, secrets }: KeyHost) {
  const { saucenaoApiKey, danbooruLogin, danbooruApiKey } = secrets;
  return {
    saucenao: new SauceNaoKeyCheck({
      endpoint: settings['saucenao.endpoint'],
      version,
      log,
      ...(saucenaoApiKey !== undefined && { apiKey: saucenaoApiKey }),
    }),
    danbooru: new DanbooruKeyCheck({
      endpoint: settings['danbooru.endpoint'],
      version,
      log,
      ...(danbooruLogin !== undefined && { login: danbooruLogin }),
      ...(danbooruApiKey !== undefined && { apiKey: danbooruApiKey }),
    }),
  };
}

/**
 * The services that a run would ask, with a request of each that is cheap. Those that are shown a key are not among them:
 * the check of the key tells whether they can be reached, and without one SauceNAO is not asked at all.
 */
function servicesWithoutKey(settings: Settings, { secrets }: DoctorHost): readonly ServiceAddress[] {
  if (!settings['stages.search']) return [];
  const providers = settings['search.providers'];
  const hasAccount = secrets.danbooruLogin !== undefined && secrets.danbooruApiKey !== undefined;
  const moebooru = { path: '/post.json', query: { limit: '1' } };
  const safebooru = { page: 'dapi', s: 'post', q: 'index', json: '1', limit: '1' };
  return [
    // whoever finds a picture, the tags are Danbooru's
    ...(hasAccount
      ? []
      : [
          {
            name: 'Danbooru',
            endpoint: settings['danbooru.endpoint'],
            path: '/posts.json',
            query: { limit: '1', only: 'id' },
          },
        ]),
    ...(providers.includes('iqdb') ? [{ name: 'IQDB', endpoint: settings['iqdb.endpoint'], path: '/' }] : []),
    ...(providers.includes('yandere-md5')
      ? [{ name: 'yande.re', endpoint: settings['yandere.endpoint'], ...moebooru }]
      : []),
    ...(providers.includes('konachan-md5')
      ? [{ name: 'Konachan', endpoint: settings['konachan.endpoint'], ...moebooru }]
      : []),
    ...(providers.includes('safebooru-md5')
      ? [{ name: 'Safebooru', endpoint: settings['safebooru.endpoint'], path: '/index.php', query: safebooru }]
      : []),
  ];
}
