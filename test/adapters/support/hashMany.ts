import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';

// hashes a file many times at once, and tells what came out
const files = new NodeFiles();
const path = process.argv[2] ?? '';
const hashes = await Promise.all(Array.from({ length: 400 }, () => files.hash(path, new AbortController().signal)));
console.log(JSON.stringify([...new Set(hashes)]));
