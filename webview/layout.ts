/** How the cards of the grid are laid out: all are of one size, so that where each one is follows from its number. Pixels. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly cardWidth: number;
  /** with the gap below it */
  readonly rowHeight: number;
  /** of all rows */
  readonly height: number;
}

export interface CardSize {
  /** at least */
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

/** @param width of the place that the cards have */
export function layOut(count: number, width: number, size: CardSize): Layout {
  const { gap, height } = size;
  const columns = Math.max(1, Math.floor((width + gap) / (size.width + gap)));
  const rows = Math.ceil(count / columns);
  const rowHeight = height + gap;
  return {
    columns,
    rows,
    cardWidth: Math.max(0, (width - gap * (columns - 1)) / columns),
    rowHeight,
    height: Math.max(0, rows * rowHeight - gap),
  };
}

/** Which cards there are between two heights, `end` not included. @param beyond rows more above and below */
export function cardsBetween(
  { columns, rows, rowHeight }: Layout,
  count: number,
  top: number,
  bottom: number,
  beyond: number,
): { readonly start: number; readonly end: number } {
  if (count === 0) return { start: 0, end: 0 };
  const first = Math.floor(top / rowHeight) - beyond;
  const last = Math.floor(Math.max(top, bottom - 1) / rowHeight) + beyond;
  const within = (row: number): number => Math.min(rows - 1, Math.max(0, row));
  return { start: within(first) * columns, end: Math.min(count, (within(last) + 1) * columns) };
}

/** Left upper corner of a card. */
export function placeOf(
  { columns, cardWidth, rowHeight }: Layout,
  index: number,
  gap: number,
): { readonly x: number; readonly y: number } {
  return { x: (index % columns) * (cardWidth + gap), y: Math.floor(index / columns) * rowHeight };
}

/** Where to scroll to, so that the card is seen whole: no further than needed. */
export function scrollTo(
  { columns, rowHeight }: Layout,
  index: number,
  scrollTop: number,
  viewHeight: number,
  gap: number,
): number {
  const top = Math.floor(index / columns) * rowHeight;
  const bottom = top + rowHeight - gap;
  if (top < scrollTop) return top;
  return bottom > scrollTop + viewHeight ? Math.max(0, bottom - viewHeight) : scrollTop;
}
