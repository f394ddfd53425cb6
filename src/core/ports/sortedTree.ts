/** The sorted folder as the user arranges it. Links, names that begin with `.` or `@`, and NAS droppings are passed over. */
export interface SortedTree {
  /** The category folders that are there: levels separated by `/`, NFC. Empty when the sorted folder is not there. */
  folders(): Promise<readonly string[]>;
  /** Absolute paths of the files in them that may be images, by their extension. @throws the signal's reason */
  images(signal: AbortSignal): AsyncIterable<string>;
}
