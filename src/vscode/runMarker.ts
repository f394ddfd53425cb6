import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A file in the working folder that is there while a run of VS Code is on, and stays when the window is closed or killed in the
 * middle. It is what the extension is activated by then (`workspaceContains` in package.json), so that it can offer to resume.
 */
export class RunMarker {
  private readonly path: string;

  /** @param working absolute path of the working folder */
  constructor(working: string) {
    this.path = join(working, 'run-in-vscode');
  }

  async set(): Promise<void> {
    await mkdir(join(this.path, '..'), { recursive: true });
    await writeFile(this.path, 'A run of Image Inbox in VS Code is on, or was cut off.\n');
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async isSet(): Promise<boolean> {
    return readFile(this.path).then(
      () => true,
      () => false,
    );
  }
}
