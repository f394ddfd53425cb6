/** Of a remote of rclone, by its own rules: a value in quotes may hold anything, and a quote in it is doubled. */
const PARAMETERS = /^(:?[^,:/\\]+)(?:,\w+(?:=(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|(?!['"])[^,:]*))?)+:/;
/** rclone will refuse these: nobody knows where a password in them ends. */
const SPOILED_PARAMETERS = /^(:[^,:/\\]+|[^,:/\\]+(?=,\w+=.*:)),.*$/s;
const PASSWORD_OF_URL = /^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):[^/]*@/i;

/**
 * The NAS as people and scripts may see it, wherever it is shown or written down: `:sftp,host=nas,pass="a:b":path`, which carries
 * its password, is `:sftp:path`.
 */
export function shownNas(nas: string): string {
  return nas.replace(PARAMETERS, '$1:').replace(SPOILED_PARAMETERS, '$1:').replace(PASSWORD_OF_URL, '$1@');
}
