import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import busboy from 'busboy';

export interface UploadedFile {
  /** Name of the form field. */
  readonly field: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly data: Buffer;
}

export interface Form {
  readonly fields: URLSearchParams;
  readonly files: readonly UploadedFile[];
}

/**
 * Reads a form body, multipart or urlencoded, as browsers send it. A body of another type is an empty form.
 * Rejects when the multipart framing is broken.
 */
export async function readForm(headers: IncomingHttpHeaders, body: Buffer): Promise<Form> {
  const fields = new URLSearchParams();
  const files: UploadedFile[] = [];
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/.test(headers['content-type'] ?? '')) {
    return { fields, files };
  }
  // Browsers and undici write names as UTF-8; busboy's default is Latin-1.
  const parser = busboy({ headers, defParamCharset: 'utf8' });
  const pending: Promise<void>[] = [];
  parser.on('field', (name, value) => fields.append(name, value));
  parser.on('file', (field, stream, { filename, mimeType }) => {
    pending.push(
      stream.toArray().then((chunks) => {
        files.push({ field, filename: filename ?? '', mimeType, data: Buffer.concat(chunks as Buffer[]) });
      }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    parser.once('close', resolve);
    parser.once('error', reject);
    Readable.from([body]).pipe(parser);
  });
  await Promise.all(pending);
  return { fields, files };
}
