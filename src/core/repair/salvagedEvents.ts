import { decodeEvent } from '../journal/journal.ts';
import type { JournalEvent } from '../journal/events.ts';
import type { JournalSalvage, SalvagedLine } from '../ports/journalFile.ts';

/** A line that is not as it was written. */
export type Damage = Exclude<SalvagedLine, { readonly kind: 'whole' }>;

/** The events of a damaged journal that can be read. @throws FatalError `newer-version` */
export async function* salvagedEvents(
  journal: JournalSalvage,
  onDamage: (damage: Damage) => void = () => undefined,
): AsyncGenerator<JournalEvent> {
  for await (const line of journal.lines()) {
    if (line.kind !== 'whole') onDamage(line);
    if (line.kind === 'whole' || line.kind === 'mended') yield decodeEvent(line.text, journal.path);
  }
}
