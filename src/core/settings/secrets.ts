/**
 * Keys and logins of the services, and the variables of the environment from which the command line has them: what is named here
 * is handed on to no program.
 */
export const KEY_VARIABLES = {
  saucenaoApiKey: 'SAUCENAO_API_KEY',
  danbooruLogin: 'DANBOORU_LOGIN',
  danbooruApiKey: 'DANBOORU_API_KEY',
  immichApiKey: 'IMMICH_API_KEY',
} as const;

/** They never reach a log, a manifest or a report. */
export type Secrets = { readonly [K in keyof typeof KEY_VARIABLES]?: string };
