import * as v from 'valibot';
import { parseJson } from '../../http/parseJson.ts';
import { LABELS, MODEL } from './taggerFiles.ts';
import { WD_TAGGER, type TaggerForm } from './taggerForm.ts';

/** What `tagger.json` says of the model beside it. */
export interface TaggerDescriptor {
  /** for people; absent: the folder's name */
  readonly name?: string;
  /** names of files in the same folder */
  readonly model: string;
  readonly labels: string;
  readonly form: TaggerForm;
}

/** Without a `tagger.json`. */
export const WD_DESCRIPTOR: TaggerDescriptor = { model: MODEL, labels: LABELS, form: WD_TAGGER };

const fileName = v.pipe(
  v.string(),
  v.regex(/^(?!\.{1,2}$)[^/\\:]+$/, 'must be the name of a file in the same folder, without a path'),
);
const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.minValue(Number.MIN_VALUE, 'must be more than 0'));

const schema = v.strictObject({
  name: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(100))),
  model: v.optional(fileName, MODEL),
  labels: v.optional(fileName, LABELS),
  size: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2048))),
  layout: v.optional(v.picklist(['NHWC', 'NCHW']), WD_TAGGER.layout),
  channels: v.optional(v.picklist(['RGB', 'BGR']), WD_TAGGER.channels),
  normalisation: v.optional(
    v.strictObject({
      range: v.optional(v.picklist([255, 1]), 255),
      mean: v.optional(v.strictTuple([finite, finite, finite]), [0, 0, 0]),
      std: v.optional(v.strictTuple([positive, positive, positive]), [1, 1, 1]),
    }),
    {},
  ),
  activation: v.optional(v.picklist(['none', 'sigmoid']), WD_TAGGER.activation),
  output: v.optional(v.pipe(v.string(), v.nonEmpty())),
});

/**
 * Reads a `tagger.json`. All members are optional; what is left out is as in a WD tagger.
 * @throws SyntaxError naming the first member that is wrong, and how
 */
export function parseTaggerDescriptor(text: string): TaggerDescriptor {
  const json = parseJson(text);
  if (json === undefined) throw new SyntaxError('it is no JSON');
  const read = v.safeParse(schema, json);
  if (!read.success) {
    const [issue] = read.issues;
    const where = v.getDotPath(issue);
    if (issue.expected === 'never') throw new SyntaxError(`it may not have ${issue.received}`);
    throw new SyntaxError(where === null ? issue.message : `"${where}": ${issue.message}`);
  }
  const { name, model, labels, size, output, ...form } = read.output;
  return {
    ...(name !== undefined && { name }),
    model,
    labels,
    form: { ...form, ...(size !== undefined && { size }), ...(output !== undefined && { output }) },
  };
}
