import { createRequire, registerHooks } from 'node:module';

/**
 * From now on onnxruntime-node has, in this thread, a graphics card beside the processor, which does all that the processor
 * does, or which takes every model and then fails at running it.
 */
export function pretendGraphics(card: 'works' | 'fails'): void {
  const real = createRequire(import.meta.url).resolve('onnxruntime-node');
  const source = `
    const ort = require(${JSON.stringify(real)});
    const create = async (model, options) => {
      const [device] = options.executionProviders;
      const session = await ort.InferenceSession.create(model, { ...options, executionProviders: ['cpu'] });
      const run = async (...call) => {
        if (device === 'dml' && ${card === 'fails'}) throw new Error('device removed\\nand a long explanation');
        return session.run(...call);
      };
      return { inputMetadata: session.inputMetadata, outputMetadata: session.outputMetadata, run };
    };
    exports.env = ort.env;
    exports.Tensor = ort.Tensor;
    exports.InferenceSession = { create };
    exports.listSupportedBackends = () => [{ name: 'cpu', bundled: true }, { name: 'dml', bundled: true }];`;
  const url = 'pretended:onnxruntime-node';
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'onnxruntime-node' ? { url, format: 'commonjs', shortCircuit: true } : next(specifier, context),
    load: (asked, context, next) =>
      asked === url ? { format: 'commonjs', source, shortCircuit: true } : next(asked, context),
  });
}
