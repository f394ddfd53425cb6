import { randomBytes } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { DanbooruApi } from './adapters/danbooru/danbooruApi.ts';
import { DanbooruIqdb } from './adapters/danbooru/danbooruIqdb.ts';
import { DanbooruMd5 } from './adapters/danbooru/danbooruMd5.ts';
import { DanbooruPosts } from './adapters/danbooru/danbooruPosts.ts';
import { ExiftoolMetadataWriter } from './adapters/exiftool/exiftoolMetadataWriter.ts';
import { isOurSidecar } from './adapters/exiftool/isOurSidecar.ts';
import { NodeBesideFiles } from './adapters/evidence/nodeBesideFiles.ts';
import { JsonFile } from './adapters/files/jsonFile.ts';
import { NodeDecisionBox } from './adapters/files/nodeDecisionBox.ts';
import { NodeFiles } from './adapters/files/nodeFiles.ts';
import { imageAt, NodeImageFolder } from './adapters/files/nodeImageFolder.ts';
import { NodeJournalFolder } from './adapters/files/nodeJournal.ts';
import { NodeManifests } from './adapters/files/nodeManifests.ts';
import { NodeSortedTree } from './adapters/files/nodeSortedTree.ts';
import { NodeRunLocks } from './adapters/files/runLock.ts';
import { TrafficMeter } from './adapters/http/trafficMeter.ts';
import { OnnxTaggerInspector } from './adapters/onnx/onnxTaggerInspector.ts';
import { pageOfPost } from './adapters/http/postAddress.ts';
import { SharpUploadMaker } from './adapters/image/sharpUploadMaker.ts';
import { screenPicture } from './adapters/image/screenPicture.ts';
import { ThumbnailFolder } from './adapters/image/thumbnailFolder.ts';
import { Iqdb } from './adapters/iqdb/iqdb.ts';
import { MoebooruApi } from './adapters/moebooru/moebooruApi.ts';
import { MoebooruMd5 } from './adapters/moebooru/moebooruMd5.ts';
import { MoebooruPosts } from './adapters/moebooru/moebooruPosts.ts';
import { SafebooruApi } from './adapters/safebooru/safebooruApi.ts';
import { SafebooruMd5 } from './adapters/safebooru/safebooruMd5.ts';
import { SafebooruPosts } from './adapters/safebooru/safebooruPosts.ts';
import { SauceNao } from './adapters/saucenao/sauceNao.ts';
import { composeAnalyzer } from './composeAnalyzer.ts';
import { composeSync, syncedFiles } from './composeSync.ts';
import { openWholeStore } from './composeStore.ts';
import { LastReading } from './core/journal/lastReading.ts';
import { catchUp } from './core/learning/catchUp.ts';
import { CategoryChooser } from './core/learning/categoryChooser.ts';
import type { CategoryDecision } from './core/learning/decideCategory.ts';
import { Learner } from './core/learning/learner.ts';
import { knownTags } from './core/learning/knownTags.ts';
import { forgetSorting, learnSorting } from './core/learning/learnSorting.ts';
import { Preferences } from './core/learning/preferences.ts';
import { announcementText, isTrouble } from './core/photoServer/announcementText.ts';
import type { FoundImage } from './core/model/image.ts';
import { resultOf, type ImageState } from './core/model/imageState.ts';
import type { RunId } from './core/model/ids.ts';
import type { TagCategory } from './core/model/tag.ts';
import type { ProviderId } from './core/model/match.ts';
import { Engine, type Equipment, type RunMaterial } from './core/pipeline/engine.ts';
import type { Configuration } from './core/pipeline/planRun.ts';
import type { RunObserver } from './core/pipeline/observer.ts';
import { readStatus, waitingImages, type RunStatus } from './core/pipeline/status.ts';
import type { DecisionBox } from './core/ports/decisionBox.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Files } from './core/ports/files.ts';
import type { TaggerInspector } from './core/ports/imageAnalyzer.ts';
import type { ImageFolder } from './core/ports/imageFolder.ts';
import type { LockHeld } from './core/ports/journalFile.ts';
import type { Log } from './core/ports/log.ts';
import type { PostSource, ReverseImageSearch } from './core/ports/reverseImageSearch.ts';
import type { Store } from './core/ports/store.ts';
import { DryRun, NOT_ASKED } from './core/preview/dryRun.ts';
import { previewSorted, type SortedPreview } from './core/preview/sortedPreview.ts';
import { untouchedFiles } from './core/preview/untouchedFiles.ts';
import type { PictureSize, ScreenPicture } from './core/ports/screenPicture.ts';
import { stamp } from './core/report/manifest.ts';
import { categoryFolder } from './core/rules/categoryFolder.ts';
import { foldersOf, type Folders } from './core/settings/folders.ts';
import type { Secrets } from './core/settings/secrets.ts';
import { resolveSettings } from './core/settings/resolveSettings.ts';
import type { Settings } from './core/settings/settingsTable.ts';
import type { SidecarSummary } from './core/sidecar/summary.ts';
import { AnalyzeStage } from './core/stages/analyze.ts';
import { CategorizeStage } from './core/stages/categorize.ts';
import { ReviewStage } from './core/stages/review.ts';
import { ScanStage } from './core/stages/scan.ts';
import { SearchStage } from './core/stages/search.ts';
import { SyncStage } from './core/stages/sync.ts';
import { XmpStage } from './core/stages/xmp.ts';
import { LibrarySync } from './core/sync/librarySync.ts';
import { Undoer } from './core/undo/undoer.ts';
import { RunUndo } from './core/undo/runUndo.ts';
import { SidecarHistory } from './core/undo/sidecarHistory.ts';

export { LastReading };

/** Files that come with the program; absolute paths. */
export interface Assets {
  readonly analyzerWorker: string;
  /** looks at many files of the sorted folder and the NAS; without it no thread does */
  readonly lookWorker?: string;
  readonly models: string;
  /** ExifTool's configuration with our own fields */
  readonly exiftoolConfig: string;
  readonly sqlWasm: string;
}

/** What a host (VS Code, the terminal, a test) hands in. */
export interface Host {
  readonly version: string;
  /** absolute path of the workspace folder */
  readonly workspace: string;
  /** settings by key without prefix, as the host read them; what is not given is the default */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  readonly assets: Assets;
  readonly log: Log;
  readonly observer: RunObserver;
  readonly clock: Clock;
  /** of the live journal, where it is asked again and again; by default each composition has its own */
  readonly reading?: LastReading;
}

/** Where images would go as they stand, by rules and what was learned, until it is closed. */
export interface SuggestedCategories {
  suggest(state: ImageState): CategoryDecision;
  /** An image was sorted, or its sorting was undone: what that teaches counts for the next one. */
  sorted(state: ImageState, how: 'done' | 'undone'): void;
  /** The tags of sorted images and of these, the most frequent first, each with its kind. */
  knownTags(waiting: readonly ImageState[]): ReadonlyMap<string, TagCategory>;
  close(): void;
}

/** The core with real parts behind its ports, for one workspace. */
export interface Composition {
  readonly engine: Engine;
  /** what a run would do, by what is known */
  readonly dryRun: DryRun;
  /** Where the sorted images would be put today. Nothing is touched. @throws ImageError, FatalError */
  previewSorted(signal: AbortSignal): Promise<SortedPreview>;
  /** Absolute paths of the sorted files that are on the NAS, as far as is known without asking it. @throws FatalError */
  synced(): Promise<ReadonlySet<string>>;
  /** where decisions on images that wait are left */
  readonly decisions: DecisionBox;
  readonly folders: Folders;
  readonly settings: Settings;
  readonly undo: RunUndo;
  readonly preferences: Preferences;
  readonly sync: LibrarySync;
  /** looks at a tagger before it is chosen */
  readonly taggers: TaggerInspector;
  /** Where every image stands, by the live journal; undefined when there was no run yet. */
  status(): Promise<RunStatus | undefined>;
  /** The images that wait for a person, with all that is known of them; not those that were just decided on. */
  waiting(): Promise<readonly ImageState[]>;
  /** What a sidecar says, for people; undefined when there is none. @throws ImageError */
  sidecar(sidecarPath: string): Promise<SidecarSummary | undefined>;
  /** The categories that a person can choose from: those of the rules without placeholders, and the folders that are there. */
  categories(): Promise<readonly string[]>;
  /** Reads the database once. @throws FatalError */
  openCategories(): Promise<SuggestedCategories>;
  /** The image's thumbnail in the pixels of a screen. @throws ImageError */
  picture(image: FoundImage, size: PictureSize): Promise<ScreenPicture>;
  /** Absolute path of the image's thumbnail (WebP), made when it is not there yet; `large` for one that fills a panel. @throws ImageError */
  thumbnail(image: FoundImage, large?: boolean): Promise<string>;
  /** The same of the image at this absolute path, as it is now. */
  thumbnailOf(path: string): Promise<string>;
  /** Who holds the lock of the working folder, this process included; undefined when nobody does. */
  lockHolder(): Promise<LockHeld | undefined>;
}

/**
 * Wires the core to the real parts. Nothing native is loaded and nothing is opened before a run begins.
 * @param overrides settings for the runs of this composition alone, by key without prefix
 * @param walk how runs come upon images
 * @throws SettingsError
 */
export function compose(
  host: Host,
  overrides: Readonly<Record<string, unknown>>,
  walk: ImageFolder = new NodeImageFolder(),
): Composition {
  const { clock, log, version, reading = new LastReading() } = host;
  const configure = (more: Readonly<Record<string, unknown>>, inbox: string | undefined): Configuration => {
    const settings = resolveSettings({ ...host.settings, ...overrides, ...more });
    return { settings, folders: foldersOf(settings, host.workspace, inbox) };
  };
  const { folders, settings } = configure({}, undefined);
  const { sorted, working } = folders;
  const files = new NodeFiles(ownerOf(working));
  const meter = new TrafficMeter();
  const locks = new NodeRunLocks(working);
  const journals = new NodeJournalFolder(working, locks);
  const thumbnails = new ThumbnailFolder(join(working, 'thumbnails'), clock, log);
  // reads only, and so starts no process
  const sidecars = new ExiftoolMetadataWriter({ maxProcs: 1, config: host.assets.exiftoolConfig, log });
  const tagsOf = async (path: string): Promise<readonly string[] | undefined> =>
    (await sidecars.readSidecar(path))?.tags;
  const decisions = new NodeDecisionBox(join(working, 'decisions'), log);
  const undoJournals = new NodeJournalFolder(join(working, 'undo'), locks);
  const database = { folders, sqlWasm: host.assets.sqlWasm, log };
  const openStore = () => openWholeStore(database);
  const openScratch = () => openWholeStore({ ...database, scratch: true });
  const manifests = new NodeManifests(sorted);

  const looking = untouchedFiles(files);
  const common = {
    clock,
    walk,
    isOurSidecar,
    journals,
    meter,
    configure,
    catchUp: (now: Configuration, store: Store, signal: AbortSignal) => {
      const tree = new NodeSortedTree(now.folders.sorted);
      const learns = now.settings['learning.enabled'];
      return catchUp({ store, files, tree, clock, sorted: now.folders.sorted, learns, log }, signal);
    },
    equip: (configuration: Configuration, material: RunMaterial) =>
      equip(host, configuration, { ...material, files: material.dryRun ? looking : files, meter, working }),
  };
  const engine = new Engine({
    ...common,
    version,
    files,
    locks,
    decisions,
    undoer: new Undoer({ files, clock, journals: undoJournals }),
    manifestsIn: (folder) => new NodeManifests(folder),
    openStore,
    observer: host.observer,
    newRunId,
  });

  return {
    engine,
    dryRun: new DryRun({ ...common, decisions, files: looking, openScratch }),
    previewSorted: async (signal) => {
      const store = await openScratch();
      try {
        const chooser = chooserOf({ settings, folders }, store, clock);
        const synced = await syncedFiles(folders);
        return await previewSorted({ manifests, store, files, chooser, synced, sorted }, signal);
      } finally {
        store.close();
      }
    },
    synced: () => syncedFiles(folders),
    decisions,
    folders,
    settings,
    undo: new RunUndo({
      files,
      clock,
      manifests,
      locks,
      journals,
      undoJournals,
      openStore,
    }),
    preferences: new Preferences({
      openStore,
      locks,
      files,
      tree: new NodeSortedTree(sorted),
      clock,
      sorted,
      learns: settings['learning.enabled'],
    }),
    sync: new LibrarySync({
      locks,
      openMirror: () => composeSync({ settings, folders }, { ...host, lookWorker: host.assets.lookWorker, tagsOf }),
      sorted,
      deletes: settings['sync.delete'],
    }),
    taggers: new OnnxTaggerInspector({
      workerFile: host.assets.analyzerWorker,
      modelsDir: host.assets.models,
      device: settings['analysis.device'],
    }),
    sidecar: (path) => sidecars.readSidecar(path),
    status: () => readStatus(journals, reading),
    waiting: () => waitingImages(journals, decisions, reading),
    categories: async () => {
      const plain = settings.categories.filter(({ category }) => !category.includes('{'));
      const folders = await new NodeSortedTree(sorted).folders();
      return [...new Set([...plain.map(({ category }) => categoryFolder(category)), ...folders])];
    },
    thumbnail: (image, large = false) => thumbnails.of(image, large ? 'large' : 'small'),
    thumbnailOf: async (path) => thumbnails.of(await imageAt(path), 'small'),
    lockHolder: () => locks.holder(),
    openCategories: async () => {
      const store = await openScratch();
      const chooser = chooserOf({ settings, folders }, store, clock);
      await chooser.ready();
      return {
        suggest: (state) => chooser.chooseNow(state),
        sorted: (state, how) => {
          const result = resultOf(state, 'categorize');
          if (!result || !settings['learning.enabled']) return;
          chooser.made(categoryFolder(result.final));
          if (how === 'done') learnSorting(state, result, store);
          else forgetSorting(state, result, store);
        },
        knownTags: (waiting) => knownTags(store.preferences.seen(), waiting),
        close: () => store.close(),
      };
    },
    picture: async (image, size) => screenPicture(await thumbnails.of(image, 'small'), size),
  };
}

interface RunParts extends RunMaterial {
  readonly files: Files;
  readonly meter: TrafficMeter;
  /** absolute path of the working folder */
  readonly working: string;
}

/** The seven stages of one run, with what they are made of. */
function equip(host: Host, { settings, folders }: Configuration, parts: RunParts): Equipment {
  const { clock, log, version, assets } = host;
  const { store, sorted, offline, analyzes, unsearched, underWay, isContinued, dryRun, files, working } = parts;
  const maxGeneralTags = settings['search.maxGeneralTags'];
  const services = searchServices(host, settings, parts);
  const processes = Math.max(1, availableParallelism());
  const writer = new ExiftoolMetadataWriter({ maxProcs: processes, config: assets.exiftoolConfig, log });
  const xmp = new XmpStage({
    writer,
    files,
    history: new SidecarHistory(files, join(working, 'before')),
    clock,
    content: {
      includeRating: settings['xmp.includeRating'],
      tagCase: settings['xmp.tagCase'],
      hierarchy: settings['xmp.hierarchy'],
      creatorTool: `Image Inbox ${version}`,
    },
    maxGeneralTags,
    concurrency: 2 * processes,
  });
  const { analyzer, looks } = composeAnalyzer(settings, {
    version,
    workspace: host.workspace,
    workerFile: assets.analyzerWorker,
    modelsDir: assets.models,
    offline,
    analyzes,
    clock,
    log,
    traffic: parts.meter,
  });
  const tagsOf = async (path: string): Promise<readonly string[] | undefined> => (await writer.readSidecar(path))?.tags;
  // where the stage is switched off it does not matter whether what is set to sync could
  const mirror = settings['stages.sync']
    ? composeSync({ settings, folders }, { ...host, lookWorker: host.assets.lookWorker, tagsOf })
    : undefined;

  return {
    stages: [
      new ScanStage({
        files,
        store,
        clock,
        duplicates: dryRun ? 'keep' : settings['workflow.duplicates'],
        trash: join(working, 'trash'),
        underWay,
      }),
      new SearchStage({
        providers: services.providers,
        posts: services.posts,
        uploads: new SharpUploadMaker(),
        looks,
        beside: new NodeBesideFiles(),
        pageOf: pageOfPost,
        store,
        clock,
        cacheFor: settings['search.cacheHours'] * 3_600_000,
        ignoredTags: settings['search.ignoredTags'],
        underWay,
        offline: unsearched,
        foresees: unsearched === NOT_ASKED,
      }),
      new ReviewStage({
        approve: settings['review.approve'],
        threshold: settings['review.threshold'],
        maxGeneralTags,
        dryRun,
      }),
      xmp,
      new AnalyzeStage(analyzer),
      new CategorizeStage({
        files,
        clock,
        chooser: chooserOf({ settings, folders }, store, clock),
        sorted,
        transfer: settings['workflow.transfer'],
        underWay,
        sidecars: xmp,
        dryRun,
      }),
      new SyncStage(mirror, folders.sorted),
    ],
    finish: async (signal) => {
      if (isContinued) mirror?.clearUpAtEnd();
      // what is not told now is told by the next run
      if (offline || !settings['stages.sync']) return;
      const announcement = await mirror?.announce(signal);
      if (!announcement) return;
      const text = announcementText(announcement);
      if (isTrouble(announcement)) host.observer.on({ kind: 'warning', text });
      else log.info(text);
    },
    close: async () => {
      await Promise.allSettled([writer.close(), analyzer.close(), services.close(), mirror?.close()]);
    },
  };
}

/**
 * Whose copies in the making are whose: of this machine, by its name without the network that it is in, and of this working folder,
 * whose lock keeps others away.
 */
const ownerOf = (working: string): string => `${hostname().split('.')[0]}\0${working}`;

function chooserOf({ settings, folders }: Configuration, store: Store, clock: Clock): CategoryChooser {
  return new CategoryChooser({
    rules: settings.categories,
    maxGeneralTags: settings['search.maxGeneralTags'],
    ...(settings['learning.enabled'] && {
      learning: {
        learner: new Learner(store.preferences, clock),
        tree: new NodeSortedTree(folders.sorted),
        minConfidence: settings['learning.minConfidence'],
      },
    }),
  });
}

interface SearchServices {
  readonly providers: readonly ReverseImageSearch[];
  readonly posts: readonly PostSource[];
  close(): Promise<void>;
}

function searchServices(host: Host, settings: Settings, { meter, working }: RunParts): SearchServices {
  const { clock, log, version, secrets } = host;
  const common = { version, clock, log, traffic: meter };
  const { danbooruLogin: login, danbooruApiKey: apiKey, saucenaoApiKey } = secrets;
  const danbooru = new DanbooruApi({
    ...common,
    endpoint: settings['danbooru.endpoint'],
    secondsBetween: settings['danbooru.secondsBetween'],
    ...(login !== undefined && apiKey !== undefined && { account: { login, apiKey } }),
  });
  const saucenao = new SauceNao({
    ...common,
    endpoint: settings['saucenao.endpoint'],
    minSimilarity: settings['saucenao.minSimilarity'],
    secondsBetween: settings['saucenao.secondsBetween'],
    memory: new JsonFile(join(working, 'limits.json')),
    ...(saucenaoApiKey !== undefined && { apiKey: saucenaoApiKey }),
  });
  const iqdb = new Iqdb({
    ...common,
    endpoint: settings['iqdb.endpoint'],
    minSimilarity: settings['iqdb.minSimilarity'],
    secondsBetween: settings['iqdb.secondsBetween'],
    memory: new JsonFile(join(working, 'iqdb.json')),
  });
  const yandere = new MoebooruApi('yandere', {
    ...common,
    endpoint: settings['yandere.endpoint'],
    secondsBetween: settings['yandere.secondsBetween'],
  });
  const konachan = new MoebooruApi('konachan', {
    ...common,
    endpoint: settings['konachan.endpoint'],
    secondsBetween: settings['konachan.secondsBetween'],
  });
  const safebooru = new SafebooruApi({
    ...common,
    endpoint: settings['safebooru.endpoint'],
    secondsBetween: settings['safebooru.secondsBetween'],
  });
  const byId: Readonly<Record<ProviderId, ReverseImageSearch>> = {
    'danbooru-md5': new DanbooruMd5(danbooru),
    'danbooru-iqdb': new DanbooruIqdb(danbooru, settings['danbooru.minSimilarity']),
    saucenao,
    iqdb,
    'yandere-md5': new MoebooruMd5(yandere),
    'konachan-md5': new MoebooruMd5(konachan),
    'safebooru-md5': new SafebooruMd5(safebooru),
  };
  return {
    providers: settings['search.providers'].map((id) => byId[id]),
    // the best kept tags first
    posts: [
      new DanbooruPosts(danbooru),
      new MoebooruPosts(yandere),
      new MoebooruPosts(konachan),
      new SafebooruPosts(safebooru),
    ],
    close: async () => {
      await Promise.allSettled([danbooru, saucenao, iqdb, yandere, konachan, safebooru].map((one) => one.close()));
    },
  };
}

/** `YYYYMMDD_HHMMSS_xxxx`, local time. */
export function newRunId(at: Date): RunId {
  return `${stamp(at)}_${randomBytes(2).toString('hex')}` as RunId;
}
