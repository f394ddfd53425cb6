import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import type { CallGate } from './callGate.ts';
import { firstLine } from './firstLine.ts';

/** `auto`: the graphics card where that works, else the processor. */
export type Device = 'auto' | 'cpu' | 'gpu';

type Module = typeof import('onnxruntime-node');

/**
 * What onnxruntime calls the graphics cards' drivers, the best first: NVIDIA's on Linux, Windows' own, Apple's. Which of them
 * a build of onnxruntime-node knows, it says itself. (WebGPU is no driver, and it writes on the terminal when there is none.)
 */
const GRAPHICS = ['cuda', 'dml', 'coreml'] as const;

const SESSION: InferenceSession.SessionOptions = {
  // the threads of one session spin while they wait, which on a busy machine costs up to ten times the work;
  // the cores are filled with workers instead
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // DirectML takes sequential execution without memory patterns only
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // planning the memory ahead takes 40 MB more for each thread and gains 3 % at most
  enableMemPattern: false,
};

/** One model, ready to answer. Its calls block the thread. */
export class OnnxSession {
  private readonly session: InferenceSession;
  private readonly gate: CallGate;

  constructor(session: InferenceSession, gate: CallGate) {
    this.session = session;
    this.gate = gate;
  }

  get inputs(): InferenceSession['inputMetadata'] {
    return this.session.inputMetadata;
  }

  get outputs(): InferenceSession['outputMetadata'] {
    return this.session.outputMetadata;
  }

  /** The numbers of one output. @throws Error there are others than `count` float32; whatever onnxruntime throws */
  async run(input: string, tensor: Tensor, output: string, count: number): Promise<Float32Array> {
    const results = await this.gate.through(() => this.session.run({ [input]: tensor }, [output]));
    const data = results[output]?.data;
    if (!(data instanceof Float32Array) || data.length !== count) {
      const gave = data instanceof Float32Array ? `${data.length} numbers` : 'no float32 numbers';
      throw new Error(`the model gives ${gave} as "${output}", where ${count} belong`);
    }
    return data;
  }
}

/** onnxruntime in this thread, and the device that its sessions run on. For a worker only. */
export class OnnxRuntime {
  private readonly module: Module;
  private readonly gate: CallGate;
  private readonly device: Device;
  private graphics: readonly string[];
  private readonly troubles: string[] = [];

  private constructor(module: Module, gate: CallGate, device: Device) {
    this.module = module;
    this.gate = gate;
    this.device = device;
    const known = new Set(module.listSupportedBackends().map(({ name }) => name));
    this.graphics = device === 'cpu' ? [] : GRAPHICS.filter((name) => known.has(name));
  }

  /** @throws AnalyzerUnavailable the native module can't be loaded */
  static async load(device: Device, gate: CallGate): Promise<OnnxRuntime> {
    // loading it calls into the native code, too
    return gate.through(async () => {
      let module: Module;
      try {
        module = await import('onnxruntime-node');
      } catch (cause) {
        throw new AnalyzerUnavailable(`Pictures can't be analyzed on this machine: ${firstLine(cause)}`, { cause });
      }
      // whatever it prints goes past Node, right into the terminal's progress bars; errors are thrown as well
      module.env.logLevel = 'fatal';
      return new OnnxRuntime(module, gate, device);
    });
  }

  get version(): string {
    return this.module.env.versions.node ?? this.module.env.versions.common;
  }

  /** Why the models run on the processor that could have run on a graphics card. */
  get note(): string | undefined {
    const isAsSet = this.device === 'cpu' || this.graphics.length > 0;
    return isAsSet ? undefined : `The models run on the processor, for no graphics card does (${this.why()}).`;
  }

  tensor(data: Uint8Array | Float32Array, dims: readonly number[]): Tensor {
    return data instanceof Uint8Array
      ? new this.module.Tensor('uint8', data, dims)
      : new this.module.Tensor('float32', data, dims);
  }

  /**
   * Loads a model. A graphics card that turns out not to do is not tried again.
   * @param model its path, or its bytes
   * @param trial has the session answer once: a driver that takes a model may still fail at running it
   * @throws AnalyzerUnavailable a graphics card was asked for, and none does
   * @throws whatever onnxruntime or `trial` throws on the processor
   */
  async open<T>(model: string | Uint8Array, trial: (session: OnnxSession) => Promise<T>): Promise<T> {
    for (const provider of this.graphics) {
      try {
        return await this.openOn(provider, model, trial);
      } catch (error) {
        this.graphics = this.graphics.filter((other) => other !== provider);
        this.troubles.push(`${provider}: ${firstLine(error)}`);
      }
    }
    if (this.device === 'gpu') throw new AnalyzerUnavailable(`No graphics card can run the models (${this.why()}).`);
    return this.openOn('cpu', model, trial);
  }

  private async openOn<T>(
    provider: string,
    model: string | Uint8Array,
    trial: (session: OnnxSession) => Promise<T>,
  ): Promise<T> {
    const options = { ...SESSION, executionProviders: [provider] };
    const { InferenceSession } = this.module;
    const session = await this.gate.through(() =>
      typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options),
    );
    return trial(new OnnxSession(session, this.gate));
  }

  private why(): string {
    return this.troubles.length > 0 ? this.troubles.join('; ') : 'onnxruntime knows none on this platform';
  }
}
