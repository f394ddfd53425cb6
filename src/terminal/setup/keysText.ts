import type { Secrets } from '../../core/settings/secrets.ts';

/** How the keys get into the environment. No key is asked for here, so that none is ever in a file by our doing. */
export function keysText(secrets: Secrets, platform: NodeJS.Platform): readonly string[] {
  const has = (set: string | undefined): string => (set === undefined ? 'not set' : 'set');
  const lines = [
    'Keys (optional; with them more is found). They are read from the environment, never from settings:',
    `  SAUCENAO_API_KEY    ${has(secrets.saucenaoApiKey)}. Free: saucenao.com, Account, api.`,
    `  DANBOORU_LOGIN      ${has(secrets.danbooruLogin)}. Your name on danbooru.donmai.us.`,
    `  DANBOORU_API_KEY    ${has(secrets.danbooruApiKey)}. There: My Account, API Key.`,
  ];
  const { saucenaoApiKey, danbooruLogin, danbooruApiKey } = secrets;
  if (saucenaoApiKey !== undefined && danbooruLogin !== undefined && danbooruApiKey !== undefined) return lines;
  if (platform === 'win32') {
    return [...lines, 'To keep one for your account:  setx SAUCENAO_API_KEY "your key"   (then open a new terminal)'];
  }
  return [
    ...lines,
    'To keep them in a file that only you can read:',
    '  mkdir -p ~/.config/image-inbox && touch ~/.config/image-inbox/keys.env && chmod 600 ~/.config/image-inbox/keys.env',
    '  and write into it, with an editor, a line each:  SAUCENAO_API_KEY=your key without quotes',
    'In each shell (or in ~/.profile):  set -a; . ~/.config/image-inbox/keys.env; set +a',
    'For a service: EnvironmentFile= in its unit. In VS Code: “Image Inbox: Set API Keys”.',
  ];
}
