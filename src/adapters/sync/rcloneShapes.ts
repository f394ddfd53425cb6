import * as v from 'valibot';

/** What is read of https://rclone.org/rc/ ; rclone 1.60 and later. */
const entry = v.object({
  Path: v.string(),
  Name: v.string(),
  Size: v.number(),
  ModTime: v.string(),
  IsDir: v.boolean(),
  Hashes: v.exactOptional(v.record(v.string(), v.string())),
});
export type RcloneEntry = v.InferOutput<typeof entry>;

/** `operations/fsinfo`: what a remote can do. `Precision`: of its times, in nanoseconds. */
export const fsInfo = v.object({
  Features: v.record(v.string(), v.unknown()),
  Hashes: v.nullable(v.array(v.string())),
  Precision: v.number(),
});
export type FsInfo = v.InferOutput<typeof fsInfo>;

/** `operations/stat` */
export const statAnswer = v.object({ item: v.nullable(entry) });
/** `operations/list` */
export const listAnswer = v.object({ list: v.nullable(v.array(entry)) });
/** `operations/about`; a remote may leave out any */
export const aboutAnswer = v.object({ free: v.exactOptional(v.nullable(v.number())) });
/** `core/stats` */
export const statsAnswer = v.object({ bytes: v.number() });
