/** @stryker-mutator/mocha-runner 10.0.0 asks for parts of mocha by names without endings; since mocha 12 they end in .cjs. */
import Module from 'node:module';

Module._extensions['.cjs'] ??= Module._extensions['.js'];
