/** The plain loop that the analysis is measured against: decode once, both models, nothing else. */
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const { files, models } = workerData as { readonly files: readonly string[]; readonly models: string };
sharp.concurrency(1);
sharp.cache(false);
const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const classifier = await InferenceSession.create(join(models, 'classifier.onnx'), options);
const detector = await InferenceSession.create(join(models, 'detector.onnx'), options);
for (const file of files) {
  const { data } = await sharp(file)
    .resize(512, 512, { fit: 'contain', background: '#000' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const small = await sharp(data, { raw: { width: 512, height: 512, channels: 3 } })
    .resize(224, 224, { fit: 'fill' })
    .raw()
    .toBuffer();
  await detector.run({ input: new Tensor('uint8', data, [1, 512, 512, 3]) });
  await classifier.run({ input: new Tensor('uint8', small, [1, 224, 224, 3]) });
}
