/**
 * onnxruntime (1.30, its builds for Linux and macOS) tells Microsoft what it runs, by itself: it makes an id for the machine and a database of what
 * is to be sent in the user's cache folder, and a log in that for temporary files. It asks for this variable once, when it is loaded,
 * and from native code: a worker that sets it sets its own copy, so the process does, before there is a worker.
 */
export function switchTelemetryOff(): void {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
}
