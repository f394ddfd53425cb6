import type { Look } from '../../core/model/look.ts';
import type { LookMaker } from '../../core/ports/lookMaker.ts';
import { decode } from './decode.ts';
import { fit } from './fit.ts';
import { LOOK_SIDE, lookOf } from './lookOf.ts';

/** Looks at pictures with sharp. */
export class SharpLookMaker implements LookMaker {
  async look(path: string): Promise<Look> {
    return decode(path, async (picture, size) => lookOf(await fit(picture, size, LOOK_SIDE), size));
  }
}
