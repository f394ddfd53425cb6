/** Names in a tagger's folder; the descriptor can give others for the first two. */
export const MODEL = 'model.onnx';
export const LABELS = 'selected_tags.csv';
/** describes a tagger that is not of the WD form */
export const DESCRIPTOR = 'tagger.json';
