import type { FailureReason } from '../model/failure.ts';

/** A cause in words, and what a person can do about it. */
export interface Advice {
  readonly cause: string;
  readonly whatToDo: string;
}

export const ADVICE: Readonly<Record<FailureReason, Advice>> = {
  'not-an-image': {
    cause: 'The file is not an image, whatever its name says',
    whatToDo: 'Rename it or take it out of the inbox.',
  },
  empty: { cause: 'The file is empty', whatToDo: 'Download it again, or delete it.' },
  corrupt: {
    cause: 'The image is damaged or incomplete',
    whatToDo: 'Download it again. It was left where it is, unchanged.',
  },
  'too-large': {
    cause: 'The image has more pixels than can be decoded safely',
    whatToDo: 'Scale it down, or sort it by hand. It was left where it is, unchanged.',
  },
  unreadable: { cause: 'The file can’t be read', whatToDo: 'Check its permissions and the disk, then run again.' },
  vanished: { cause: 'The file was there and is gone', whatToDo: 'Nothing, if you moved or deleted it yourself.' },
  changed: { cause: 'The file changed while it was being processed', whatToDo: 'Run again when it is complete.' },
  'unsafe-name': {
    cause: 'The name holds control characters, is not valid UTF-8, or is too long',
    whatToDo: 'Rename the file or folder, then run again. A sidecar needs four bytes more than its image: .xmp.',
  },
  'not-a-file': {
    cause: 'It is a link, a folder or a device, and no file',
    whatToDo: 'Take it away, or put the file itself in its place. It was left as found.',
  },
  'folder-unreadable': { cause: 'The folder can’t be read', whatToDo: 'Check its permissions, then run again.' },
  'no-space': { cause: 'The disk is full', whatToDo: 'Free some space, then run again: nothing was lost.' },
  'not-writable': {
    cause: 'The folder or file can’t be written to',
    whatToDo: 'Check the permissions, then run again.',
  },
  exists: { cause: 'Another file has that name already', whatToDo: 'Look at both files; neither was changed.' },
  'sidecar-malformed': {
    cause: 'The sidecar that is there is not well-formed XMP',
    whatToDo: 'Repair or remove it, then run again. It was left as found.',
  },
  'verify-failed': {
    cause: 'What was written did not read back as it should',
    whatToDo: 'Check the disk or the network drive, then run again. The original was kept.',
  },
  network: {
    cause: 'The service can’t be reached',
    whatToDo: 'Check the connection and run again, or run with --offline. The image stays in the inbox.',
  },
  'service-error': {
    cause: 'The service reported trouble of its own',
    whatToDo: 'Run again later. The image stays in the inbox.',
  },
  'bad-answer': {
    cause: 'The service answered something that is not understood',
    whatToDo: 'Run again later; if it stays so, report it, or take the service out of imageInbox.search.providers.',
  },
  'key-refused': {
    cause: 'The service refused the key or login',
    whatToDo:
      'Set the API keys again: “Image Inbox: Set API Keys” in VS Code, the environment on the command line. Or take the service out of imageInbox.search.providers.',
  },
  'rate-limited': { cause: 'The service says that it is asked too often', whatToDo: 'Run again later.' },
  blocked: {
    cause: 'The service’s protection turned the request away',
    whatToDo: 'Run again later, or take the service out of imageInbox.search.providers.',
  },
  exiftool: { cause: 'ExifTool failed', whatToDo: 'Run again; if it stays so, see the log.' },
  model: { cause: 'The analysis of the image failed', whatToDo: 'Run again, or switch imageInbox.stages.analyze off.' },
  'nas-unreachable': { cause: 'The NAS can’t be reached', whatToDo: 'Switch it on or mount it, then run again.' },
  interrupted: { cause: 'The run was stopped', whatToDo: 'Resume it.' },
  internal: { cause: 'An error in Image Inbox itself', whatToDo: 'Please report it with the log.' },
};
