import type { ImageId } from '../src/core/model/ids.ts';
import { readToPanel, type ReviewImage, type ToPanel } from '../src/protocol/review.ts';
import { details } from './details.ts';
import { element } from './dom.ts';
import { Grid } from './grid.ts';
import { send } from './host.ts';
import './main.css';
import { button, progressRing, registerToolkit } from './toolkit.ts';

/** The panel shows what the host says and tells it what the person does; it decides nothing by itself. */
registerToolkit();

const images = new Map<ImageId, ReviewImage>();
const thumbnails = new Map<ImageId, string>();
const detailPane = element('section', 'detail-pane');
detailPane.setAttribute('aria-label', 'Suggested tags');
const counter = element('span', 'counter');
counter.setAttribute('role', 'status');
const approveAll = button('Approve All', 'secondary', () => decide('approved', [...images.keys()]));
const keys = element('span', 'keys', 'A approve · R reject · arrows move');
const header = element('header', '', counter, approveAll, keys);
const grid = new Grid({
  selected: showDetails,
  seen: (id) => send({ kind: 'thumbnail-wanted', id }),
});
const columns = element('div', 'columns', grid.element, detailPane);
const empty = element('p', 'empty', 'Nothing waits for review.');

const KEYS: Readonly<Record<string, () => void>> = {
  a: () => decideSelected('approved'),
  r: () => decideSelected('rejected'),
  arrowleft: () => grid.move('left'),
  arrowright: () => grid.move('right'),
  arrowup: () => grid.move('up'),
  arrowdown: () => grid.move('down'),
};

document.getElementById('panel')?.append(progressRing());
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = readToPanel(data);
  if (message) carryOut(message);
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
send({ kind: 'ready' });

function carryOut(message: ToPanel): void {
  switch (message.kind) {
    case 'images': {
      images.clear();
      for (const image of message.images) images.set(image.id, image);
      grid.show(images.values());
      showAll();
      const first = message.select ?? message.images[0]?.id;
      if (first !== undefined) grid.select(first);
      break;
    }
    case 'added':
      images.set(message.image.id, message.image);
      grid.add(message.image);
      showAll();
      if (grid.selected === undefined) grid.select(message.image.id);
      break;
    case 'removed':
      for (const id of message.ids) {
        images.delete(id);
        thumbnails.delete(id);
      }
      grid.remove(message.ids);
      showAll();
      break;
    case 'thumbnail':
      thumbnails.set(message.id, message.uri);
      grid.showThumbnail(message.id, message.uri);
      if (grid.selected === message.id) showDetails(message.id);
      break;
    case 'no-thumbnail':
      grid.showThumbnail(message.id, undefined);
      break;
  }
}

function showAll(): void {
  counter.textContent = `${images.size} waiting`;
  const panel = document.getElementById('panel');
  const content = images.size > 0 ? [header, columns] : [empty];
  // what stays must not be taken out and put in again: it would lose scroll position and focus
  if (panel?.firstElementChild !== content[0]) panel?.replaceChildren(...content);
}

function showDetails(id: ImageId): void {
  const image = images.get(id);
  if (!image) return;
  const actions = {
    approve: () => decide('approved', [id]),
    reject: () => decide('rejected', [id]),
    open: () => send({ kind: 'open', id }),
  };
  detailPane.replaceChildren(details(image, thumbnails.get(id), actions));
}

function decideSelected(decision: 'approved' | 'rejected'): void {
  if (grid.selected !== undefined) decide(decision, [grid.selected]);
}

function decide(decision: 'approved' | 'rejected', ids: ImageId[]): void {
  send({ kind: 'decide', decision, ids });
}
