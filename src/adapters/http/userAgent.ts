/**
 * Says who asks. Danbooru's Cloudflare rules turn away browsers' names and the default names of libraries, and its staff ask
 * for the account's name in it. Names outside ASCII, which a header can't hold, are percent-encoded.
 */
export function userAgent(version: string, login?: string): string {
  const program = `ImageInbox/${version} (VS Code extension image-inbox.image-inbox)`;
  return login === undefined ? program : `${program} user ${encodeURIComponent(login)}`;
}
