import { dice } from './dice.ts';

const rect = (fill: string, y = 0, height = 1000): string =>
  `<rect x="0" y="${y}" width="800" height="${height}" fill="${fill}"/>`;

function verticalGradient(id: string, stops: readonly (readonly [number, string])[]): string {
  const inner = stops.map(([offset, colour]) => `<stop offset="${offset}" stop-color="${colour}"/>`).join('');
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${inner}</linearGradient>`;
}

/** A harbour at night: stars, a lighthouse, lights on the water. */
export function harborNight(): string {
  const roll = dice(7);
  const stars = Array.from({ length: 90 }, () => {
    const r = 0.8 + roll() * 2.4;
    return `<circle cx="${(roll() * 800).toFixed(1)}" cy="${(roll() * 520).toFixed(1)}" r="${r.toFixed(1)}" opacity="${(0.4 + roll() * 0.6).toFixed(2)}"/>`;
  }).join('');
  const lamps = Array.from({ length: 16 }, (_, i) => {
    const x = 20 + i * 51 + roll() * 20;
    const colour = ['#ffd98a', '#ff9d7a', '#9ee7ff'][i % 3] ?? '#fff';
    return `<circle cx="${x.toFixed(0)}" cy="652" r="6" fill="${colour}"/><path d="M${x.toFixed(0)} 676 v${(60 + roll() * 160).toFixed(0)}" stroke="${colour}" stroke-width="7" stroke-dasharray="16 12" opacity=".55"/>`;
  }).join('');
  return `<defs>${verticalGradient('sky', [
    [0, '#101b46'],
    [0.5, '#2e4a91'],
    [0.8, '#7d8fd0'],
    [1, '#f2b6b0'],
  ])}${verticalGradient('sea', [
    [0, '#38508f'],
    [1, '#0d1738'],
  ])}</defs>${rect('url(#sky)', 0, 670)}<g fill="#fff">${stars}</g>
<path d="M668 86 A66 66 0 1 1 600 186 A60 60 0 0 0 668 86 Z" fill="#fff6d6"/>
<path d="M0 660 L0 560 L60 560 L60 600 L110 600 L110 520 L160 520 L160 610 L230 610 L230 660 Z M570 660 L570 596 L640 596 L640 540 L690 540 L690 580 L740 580 L740 500 L800 500 L800 660 Z" fill="#17224f"/>
<path d="M60 660 L74 420 L106 420 L120 660 Z" fill="#f4eef4"/><path d="M68 520 L112 520 L116 580 L64 580 Z" fill="#d9485a"/><path d="M66 420 h48 v-26 h-48 Z" fill="#d9485a"/><path d="M90 404 L800 250 L800 380 Z" fill="#fff3b8" opacity=".16"/>
${rect('url(#sea)', 660, 340)}${lamps}`;
}

/** A school roof in the evening: low sun, a fence, clouds. */
export function rooftopEvening(): string {
  const fence = Array.from({ length: 21 }, (_, i) => `M${i * 40} 560 V1000`).join(' ');
  return `<defs>${verticalGradient('sky', [
    [0, '#5d7fd0'],
    [0.45, '#f4a6a0'],
    [0.75, '#ffd59a'],
    [1, '#fff0c9'],
  ])}</defs>${rect('url(#sky)')}<circle cx="150" cy="520" r="86" fill="#fff7dd"/><circle cx="150" cy="520" r="150" fill="#fff7dd" opacity=".25"/>
<g fill="#fff" opacity=".75"><path d="M440 190 C470 140 540 150 560 180 C600 160 660 180 660 214 C700 214 740 236 790 240 L420 240 C400 220 410 196 440 190 Z"/><path d="M-20 330 C30 290 90 300 110 322 C150 316 190 336 220 350 L-20 350 Z"/></g>
<path d="M0 700 L0 640 L80 640 L80 600 L150 600 L150 660 L260 660 L260 700 Z M540 700 L540 620 L620 620 L620 650 L720 650 L720 590 L800 590 L800 700 Z" fill="#8a6a94" opacity=".7"/>
${rect('#8f7390', 700, 300)}<path d="${fence} M0 566 H800 M0 680 H800" stroke="#5c4468" stroke-width="6" fill="none"/>`;
}

/** Purple dusk with a huge moon and drifting sparks. */
export function witchMoon(): string {
  const roll = dice(21);
  const sparks = Array.from({ length: 46 }, () => {
    const s = (4 + roll() * 12).toFixed(1);
    return `<path transform="translate(${(roll() * 800).toFixed(0)} ${(roll() * 1000).toFixed(0)}) scale(${s})" d="M0 -1 L.22 -.22 L1 0 L.22 .22 L0 1 L-.22 .22 L-1 0 L-.22 -.22 Z" fill="#ffe9a8" opacity="${(0.35 + roll() * 0.6).toFixed(2)}"/>`;
  }).join('');
  return `<defs>${verticalGradient('sky', [
    [0, '#2a1b5e'],
    [0.6, '#7a4fb0'],
    [1, '#e59ac4'],
  ])}</defs>${rect('url(#sky)')}<circle cx="400" cy="380" r="330" fill="#fbe9c0"/><circle cx="300" cy="300" r="46" fill="#efd8a4"/><circle cx="560" cy="250" r="28" fill="#efd8a4"/><circle cx="640" cy="470" r="54" fill="#efd8a4"/>
<path d="M0 1000 L0 820 L60 760 L110 830 L170 740 L240 850 L300 800 L380 900 L800 900 L800 1000 Z M800 900 L800 760 L740 700 L690 800 L630 740 L560 860 L500 900 Z" fill="#35205f"/>${sparks}`;
}

/** A stage: beams, confetti, glow sticks. */
export function stage(): string {
  const roll = dice(5);
  const beams = [60, 210, 400, 590, 740]
    .map(
      (x, i) =>
        `<path d="M${x} -20 L${x - 190 + i * 20} 1000 L${x + 120 + i * 20} 1000 Z" fill="${['#fff2a8', '#a8ecff', '#ffffff', '#ffb3e2', '#c9b8ff'][i] ?? '#fff'}" opacity=".2"/>`,
    )
    .join('');
  const confetti = Array.from({ length: 80 }, (_, i) => {
    const colour = ['#ffe066', '#ff8fc7', '#7fe3ff', '#ffffff'][i % 4] ?? '#fff';
    return `<rect transform="translate(${(roll() * 800).toFixed(0)} ${(roll() * 900).toFixed(0)}) rotate(${(roll() * 180).toFixed(0)})" width="14" height="8" fill="${colour}" opacity=".9"/>`;
  }).join('');
  return `<defs>${verticalGradient('sky', [
    [0, '#3b1360'],
    [0.6, '#c13a92'],
    [1, '#ffb0c8'],
  ])}</defs>${rect('url(#sky)')}${beams}${confetti}`;
}

/** A tall window with a red moon behind it. */
export function castleWindow(): string {
  return `<defs>${verticalGradient('sky', [
    [0, '#14060f'],
    [0.7, '#5d1026'],
    [1, '#a3313a'],
  ])}</defs>${rect('#1b1420')}<path d="M130 1000 L130 380 C130 150 300 60 400 10 C500 60 670 150 670 380 L670 1000 Z" fill="url(#sky)" stroke="#0b070d" stroke-width="26"/><circle cx="250" cy="270" r="104" fill="#e9473f"/><circle cx="226" cy="250" r="20" fill="#c9332f"/><circle cx="290" cy="310" r="28" fill="#c9332f"/>
<path d="M400 10 V1000 M130 400 H670 M130 640 H670" stroke="#0b070d" stroke-width="16"/><g fill="#0b070d"><path d="M540 190 q20 -26 40 0 q20 -26 40 0 q-24 0 -40 26 q-16 -26 -40 -26 Z"/><path d="M470 300 q14 -18 28 0 q14 -18 28 0 q-17 0 -28 18 q-11 -18 -28 -18 Z"/></g>
<path d="M0 0 H110 C100 300 110 700 60 1000 H0 Z M800 0 H690 C700 300 690 700 740 1000 H800 Z" fill="#6a1526" stroke="#2b0710" stroke-width="6"/>`;
}

/** Shelves of books in soft daylight. */
export function library(): string {
  const roll = dice(33);
  const colours = ['#8c4a3c', '#3f6b7a', '#b58a3f', '#54704a', '#7a4f86', '#c46b50'];
  const books = [0, 1, 2, 3, 4]
    .map((row) => {
      let x = 0;
      let out = '';
      while (x < 800) {
        const width = 20 + roll() * 34;
        const height = 120 + roll() * 46;
        const colour = colours[Math.floor(roll() * colours.length)] ?? '#888';
        out += `<rect x="${x.toFixed(0)}" y="${(196 + row * 200 - height).toFixed(0)}" width="${width.toFixed(0)}" height="${height.toFixed(0)}" fill="${colour}" stroke="#4a2f22" stroke-width="3"/>`;
        x += width;
      }
      return `${out}<rect x="0" y="${196 + row * 200}" width="800" height="18" fill="#6b4630"/>`;
    })
    .join('');
  return `<defs><radialGradient id="sun" cx=".15" cy=".1" r=".9"><stop offset="0" stop-color="#fff3cf" stop-opacity=".85"/><stop offset="1" stop-color="#fff3cf" stop-opacity="0"/></radialGradient></defs>${rect('#d9b68c')}${books}${rect('url(#sun)')}`;
}

/** A plain pastel ground with paw prints. */
export function pawPrints(): string {
  const paw =
    '<path d="M0 10 C-22 10 -26 40 0 36 C26 40 22 10 0 10 Z"/><circle cx="-24" cy="4" r="9"/><circle cx="-9" cy="-10" r="10"/><circle cx="9" cy="-10" r="10"/><circle cx="24" cy="4" r="9"/>';
  const prints = Array.from({ length: 24 }, (_, i) => {
    const row = Math.floor(i / 4);
    const x = 90 + (i % 4) * 200 + (row % 2) * 90;
    return `<g transform="translate(${x} ${90 + row * 180}) rotate(${(i * 37) % 60})">${paw}</g>`;
  }).join('');
  return `${rect('#fdeec2')}<g fill="#f7d692">${prints}</g>`;
}
