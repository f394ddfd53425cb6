// A module of our own, so that the package, which is CommonJS, can be loaded late from a bundle of ES modules by its names.
export { default } from 'sql.js';
