import { DEFAULT_PROVIDERS, PROVIDER_IDS } from '../model/match.ts';
import { DEFAULT_IGNORED_TAGS } from '../search/tagFilter.ts';
import { DEFAULT_RULES } from '../rules/defaultRules.ts';
import type { CategoryRule } from '../rules/rule.ts';

/**
 * The one table of settings. It feeds package.json (scripts/contributions.ts), the defaults, the checks and the types, so
 * that they cannot drift apart. Keys are without the prefix `imageInbox.`; descriptions are Markdown.
 */
interface Base<T> {
  readonly default: T;
  readonly description: string;
  /** VS Code's scope; `machine-overridable` where a setting names a program, its arguments or an address */
  readonly scope?: 'machine-overridable' | 'resource';
  /** not taken from the workspace while it is untrusted */
  readonly restricted?: true;
}
interface BooleanSetting extends Base<boolean> {
  readonly type: 'boolean';
}
interface NumberSetting extends Base<number> {
  readonly type: 'number';
  readonly minimum: number;
  readonly maximum: number;
  readonly integer?: true;
}
interface TextSetting extends Base<string> {
  readonly type: 'string';
  /** `address`: http or https, no login, no query; `folder`: a path, `${workspaceFolder}` allowed */
  readonly format?: 'address' | 'folder';
}
interface ChoiceSetting<C extends string> extends Base<C> {
  readonly type: 'choice';
  readonly choices: Readonly<Record<C, string>>;
}
interface ListSetting<T extends string> extends Base<readonly T[]> {
  readonly type: 'list';
  /** what may stand in it; anything when absent */
  readonly items?: readonly T[];
}
interface RulesSetting extends Base<readonly CategoryRule[]> {
  readonly type: 'rules';
}
export type Setting =
  BooleanSetting | NumberSetting | TextSetting | ChoiceSetting<string> | ListSetting<string> | RulesSetting;

const boolean = (fallback: boolean, description: string) =>
  ({ type: 'boolean', default: fallback, description }) as const;
const number = (fallback: number, minimum: number, maximum: number, description: string, integer?: true) =>
  ({
    type: 'number',
    default: fallback,
    minimum,
    maximum,
    description,
    ...(integer && { integer }),
  }) as const;
const folder = (fallback: string, description: string) =>
  ({ type: 'string', format: 'folder', default: fallback, description, restricted: true }) as const;
const address = (fallback: string, description: string) =>
  ({
    type: 'string',
    format: 'address',
    default: fallback,
    description,
    scope: 'machine-overridable',
    restricted: true,
  }) as const;
const choice = <C extends string>(fallback: NoInfer<C>, choices: Readonly<Record<C, string>>, description: string) =>
  ({ type: 'choice', default: fallback, choices, description }) as const;

const SECONDS_BETWEEN = 'The least time between two requests, in seconds.';

export const SETTINGS = {
  'directories.inbox': folder('${workspaceFolder}/Inbox', 'The folder in which new images arrive.'),
  'directories.sorted': folder('${workspaceFolder}/Sorted', 'The folder under which the category folders are made.'),
  'directories.working': folder(
    '${workspaceFolder}/.image-inbox',
    'Where Image Inbox keeps its journal, database, thumbnails and logs.',
  ),
  'directories.nas': folder(
    '',
    'Where the sorted folder is synced to: a folder (mounted, a mapped drive, `\\\\nas\\share`), an address for rsync (`user@host:path`, `rsync://host/module`), or a remote of rclone (`remote:path`). Empty: no sync.',
  ),

  'stages.search': boolean(true, 'Look the images up on the boorus (stage 2).'),
  'stages.review': boolean(true, 'Let a person approve suggested tags (stage 3). Off: they are taken as they are.'),
  'stages.xmp': boolean(true, 'Write XMP sidecars (stage 4).'),
  'stages.analyze': boolean(true, 'Find style and persons with local models (stage 5).'),
  'stages.categorize': boolean(true, 'Choose a category and move or copy the image there (stage 6).'),
  'stages.sync': boolean(true, 'Copy what was sorted to the NAS (stage 7).'),

  'workflow.batchSize': number(100, 1, 1000, 'How many images are under way at once.', true),
  'workflow.skipExisting': boolean(true, 'Pass over images that have a sidecar already.'),
  'workflow.transfer': choice(
    'move',
    { move: 'The image leaves the inbox.', copy: 'The original stays in the inbox.' },
    'How an image gets into its category folder.',
  ),
  'workflow.duplicates': choice(
    'keep',
    {
      keep: 'A duplicate is reported and left alone.',
      trash: 'A duplicate in the inbox is moved to the trash folder.',
    },
    'What happens to an image in the inbox whose bytes are sorted already.',
  ),

  'review.approve': choice(
    'none',
    {
      none: 'A person decides on every image that has suggested tags.',
      'high-confidence': 'Images whose evidence reaches `#imageInbox.review.threshold#` are approved, the others wait.',
      all: 'All suggested tags are taken.',
    },
    'Which suggested tags are approved without a person.',
  ),
  'review.threshold': number(0.9, 0, 1, 'The evidence from which `high-confidence` approves (1: the same bytes).'),

  'search.providers': {
    type: 'list',
    items: PROVIDER_IDS,
    default: DEFAULT_PROVIDERS,
    description:
      'The services that are asked, in this order, until one finds the picture. Those ending in `-md5` know files byte for byte and cost nothing; `yandere-md5`, `konachan-md5` and `safebooru-md5` can be added.',
  },
  'search.cacheHours': number(48, 0, 8760, 'How long the answer of a service counts, in hours. 0: no cache.'),
  'search.ignoredTags': {
    type: 'list',
    default: DEFAULT_IGNORED_TAGS,
    description: 'General and meta tags that are left out, with `*` for any letters: what says nothing of the picture.',
  },
  'search.maxGeneralTags': number(0, 0, 1000, 'At most so many general tags are suggested for an image. 0: all.', true),

  'saucenao.endpoint': address('https://saucenao.com', 'Base address of SauceNAO.'),
  'saucenao.minSimilarity': number(70, 0, 100, 'Least similarity of a match of SauceNAO, in per cent.'),
  'saucenao.secondsBetween': number(0, 0, 3600, `${SECONDS_BETWEEN} 0: only the limits that its answers state.`),
  'iqdb.endpoint': address('https://iqdb.org', 'Base address of IQDB.'),
  'iqdb.minSimilarity': number(80, 0, 100, 'Least similarity of a match of IQDB, in per cent.'),
  'iqdb.secondsBetween': number(6, 0, 3600, SECONDS_BETWEEN),
  'danbooru.endpoint': address('https://danbooru.donmai.us', 'Base address of Danbooru.'),
  'danbooru.minSimilarity': number(
    80,
    0,
    100,
    'Least similarity of a match of Danbooru’s own image search, in per cent.',
  ),
  'danbooru.secondsBetween': number(1, 0, 3600, SECONDS_BETWEEN),
  'yandere.endpoint': address('https://yande.re', 'Base address of yande.re.'),
  'yandere.secondsBetween': number(1, 0, 3600, SECONDS_BETWEEN),
  'konachan.endpoint': address('https://konachan.com', 'Base address of Konachan.'),
  'konachan.secondsBetween': number(1, 0, 3600, SECONDS_BETWEEN),
  'safebooru.endpoint': address('https://safebooru.org', 'Base address of Safebooru.'),
  'safebooru.secondsBetween': number(1, 0, 3600, SECONDS_BETWEEN),

  'xmp.includeRating': boolean(
    false,
    'Write the content rating as a star rating too (general 5, sensitive 4, questionable 3, explicit 1).',
  ),
  'xmp.tagCase': choice(
    'lower',
    { title: '`Blue Eyes`', lower: '`blue eyes`', booru: '`blue_eyes`' },
    'How tags are spelled in the sidecar.',
  ),
  'xmp.hierarchy': choice(
    'category',
    {
      category: '`character/naruto/hinata hyuga`, `general/blue eyes`',
      series: '`Naruto/Hinata Hyuga`, `Series/Naruto`, `blue eyes`',
      flat: '`hinata hyuga`, `blue eyes`',
    },
    'The tree that the tags make in the sidecar.',
  ),

  'analysis.model': {
    type: 'string',
    default: 'bundled',
    description: '`bundled`, or the path of a folder with a tagger’s `model.onnx` and `selected_tags.csv`.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'analysis.generalThreshold': number(0.35, 0, 1, 'Least score of a general tag of a tagger.'),
  'analysis.characterThreshold': number(0.85, 0, 1, 'Least score of a character tag of a tagger.'),
  'analysis.personThreshold': number(0.3, 0, 1, 'Least confidence of a person found in the picture.'),
  'analysis.device': choice(
    'auto',
    {
      auto: 'The graphics card where that works, else the processor.',
      cpu: 'The processor.',
      gpu: 'The graphics card.',
    },
    'What the models run on.',
  ),
  'analysis.server': address('', 'Address of an Open Inference Protocol server that runs the tagger. Empty: none.'),
  'analysis.serverModel': { type: 'string', default: '', description: 'Name of the model on that server.' },

  'learning.enabled': boolean(true, 'Learn categories from your corrections.'),
  'learning.minConfidence': number(0.7, 0, 1, 'From this confidence on a learned category goes before the rules.'),

  categories: {
    type: 'rules',
    default: DEFAULT_RULES,
    description: 'The rules that suggest a category: the first whose conditions hold.',
  },

  'sync.engine': {
    ...choice(
      'auto',
      {
        auto: 'Robocopy on Windows and Image Inbox’s own elsewhere, for folders; rsync for its addresses, rclone for remotes.',
        builtin: 'Image Inbox’s own, for folders. Needs no other program.',
        robocopy: 'Robocopy, for folders (Windows).',
        rsync: 'rsync, for folders and over SSH or to its daemon.',
        rclone: 'rclone, for folders and any of its remotes (SMB, SFTP, WebDAV, S3, …).',
      },
      'The program that copies to the NAS.',
    ),
    scope: 'machine-overridable',
    restricted: true,
  },
  'sync.options': {
    type: 'list',
    default: [] as readonly string[],
    description: 'More arguments for the sync program, one an entry.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'sync.delete': boolean(
    false,
    'Move what was put on the NAS and is gone here into `.image-inbox-trash` there, after a preview; it is kept for 30 days. Only by “Sync to NAS” or `image-inbox sync`.',
  ),
  'sync.verify': choice(
    'size',
    { size: 'The size of the copy is compared.', checksum: 'The bytes of both sides are compared.' },
    'How a copy on the NAS is checked.',
  ),
  'sync.exclude': {
    type: 'list',
    default: ['@eaDir', 'Thumbs.db', '.DS_Store'] as readonly string[],
    description: 'Names that are never synced.',
  },

  'immich.address': address(
    '',
    'Address of an Immich server whose external library is the NAS folder, such as `http://nas:2283`. After a sync it is told to scan it. Needs an API key: “Image Inbox: Set API Keys”. Empty: none.',
  ),
  'immich.library': {
    type: 'string',
    default: '',
    description:
      'Which external library of Immich holds the NAS folder: its name, its id, or the folder as Immich sees it. Empty: the only one, or the one whose folder fits.',
    scope: 'machine-overridable',
    restricted: true,
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingKey = keyof typeof SETTINGS;

type Value<S> = S extends { readonly type: 'choice'; readonly choices: Readonly<Record<infer C, string>> }
  ? C
  : S extends { readonly type: 'list'; readonly items: readonly (infer I)[] }
    ? readonly I[]
    : S extends { readonly type: 'rules' }
      ? readonly CategoryRule[]
      : S extends { readonly type: 'boolean' }
        ? boolean
        : S extends { readonly type: 'number' }
          ? number
          : S extends { readonly type: 'list' }
            ? readonly string[]
            : string;

/** All settings with their checked values. */
export type Settings = { readonly [K in SettingKey]: Value<(typeof SETTINGS)[K]> };
