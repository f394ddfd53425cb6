import { ProtoWriter } from './proto.ts';

// TensorProto.DataType of onnx.proto3, as far as these models need it.
const DATA_TYPE = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;
export type DataType = keyof typeof DATA_TYPE;

// AttributeProto.AttributeType of onnx.proto3.
const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, integers: 7 } as const;

/** A name stands for a size known at run time only. */
export type Dimension = number | string;
/** A number is an INT; a FLOAT has to be said, since JavaScript cannot tell 1 from 1.0. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

// IR 8 and opset 17 go together and are read by every onnxruntime since 1.12.
const IR_VERSION = 8;
const OPSET_VERSION = 17;

/**
 * Collects an ONNX graph and writes it as a ModelProto. Field numbers are those of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). Values are known by name, as in ONNX;
 * nodes must be added after those whose results they take.
 */
export class OnnxGraph {
  readonly #nodes: ProtoWriter[] = [];
  readonly #initializers: ProtoWriter[] = [];
  readonly #inputs: ProtoWriter[] = [];
  readonly #outputs: ProtoWriter[] = [];
  #names = 0;

  input(name: string, type: DataType, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Offers `value` to the outside as `name`. */
  output(name: string, value: string, type: DataType, shape: readonly Dimension[]): void {
    this.#addNode('Identity', [value], [name], {});
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** @param data little-endian, C order, as many elements as `shape` says; it is not copied before `build()` */
  constant(type: DataType, shape: readonly number[], data: ArrayBufferView): string {
    const name = this.#fresh('const');
    const tensor = new ProtoWriter();
    for (const size of shape) tensor.integer(1, size);
    tensor
      .integer(2, DATA_TYPE[type])
      .text(8, name)
      .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#initializers.push(tensor);
    return name;
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant('float32', shape, Float32Array.from(values));
  }

  integers(values: readonly number[]): string {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Adds a node with one result. An empty input name means an optional input that is left out. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#fresh(op);
    this.#addNode(op, inputs, [output], attributes);
    return output;
  }

  /** Adds a node with several results, each named after its hint. */
  nodeWithOutputs<const Hints extends readonly string[]>(
    op: string,
    inputs: readonly string[],
    hints: Hints,
    attributes: Attributes = {},
  ): { readonly [Index in keyof Hints]: string } {
    const outputs = hints.map((hint) => this.#fresh(hint));
    this.#addNode(op, inputs, outputs, attributes);
    return outputs as { readonly [Index in keyof Hints]: string };
  }

  castToFloat(value: string): string {
    return this.node('Cast', [value], { to: DATA_TYPE.float32 });
  }

  /** @param metadata shown by every ONNX viewer, e.g. where the weights come from */
  build(graphName: string, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const graph = new ProtoWriter();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, graphName);
    for (const tensor of this.#initializers) graph.message(5, tensor);
    for (const value of this.#inputs) graph.message(11, value);
    for (const value of this.#outputs) graph.message(12, value);
    const model = new ProtoWriter()
      .integer(1, IR_VERSION)
      .text(2, 'image-inbox')
      .message(7, graph)
      .message(8, new ProtoWriter().text(1, '').integer(2, OPSET_VERSION));
    for (const [key, value] of Object.entries(metadata)) {
      model.message(14, new ProtoWriter().text(1, key).text(2, value));
    }
    return model.finish();
  }

  #addNode(op: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes): void {
    const node = new ProtoWriter();
    for (const name of inputs) node.text(1, name);
    for (const name of outputs) node.text(2, name);
    node.text(3, `${op}_${this.#nodes.length}`).text(4, op);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attributeProto(name, value));
    this.#nodes.push(node);
  }

  #fresh(hint: string): string {
    return `${hint}_v${this.#names++}`;
  }
}

function attributeProto(name: string, value: Attribute): ProtoWriter {
  const proto = new ProtoWriter().text(1, name);
  if (typeof value === 'number') return proto.integer(3, value).integer(20, ATTRIBUTE_TYPE.integer);
  if (typeof value === 'string') return proto.text(4, value).integer(20, ATTRIBUTE_TYPE.text);
  if ('float' in value) return proto.float(2, value.float).integer(20, ATTRIBUTE_TYPE.float);
  for (const item of value) proto.integer(8, item);
  return proto.integer(20, ATTRIBUTE_TYPE.integers);
}

function valueInfo(name: string, type: DataType, shape: readonly Dimension[]): ProtoWriter {
  const dimensions = new ProtoWriter();
  for (const size of shape) {
    dimensions.message(
      1,
      typeof size === 'number' ? new ProtoWriter().integer(1, size) : new ProtoWriter().text(2, size),
    );
  }
  const tensorType = new ProtoWriter().integer(1, DATA_TYPE[type]).message(2, dimensions);
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensorType));
}
