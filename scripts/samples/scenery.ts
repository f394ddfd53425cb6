import { dice } from './dice.ts';

function ridge(y: number, height: number, seed: number): string {
  const roll = dice(seed);
  const points = Array.from({ length: 17 }, (_, i) => `L${i * 75} ${(y - roll() * height).toFixed(0)}`).join(' ');
  return `M0 ${y} ${points} L1200 ${y} Z`;
}

function pine(x: number, y: number, size: number, colour: string): string {
  const tiers = [0, 1, 2, 3]
    .map((i) => {
      const w = size * (0.16 + i * 0.09);
      const top = y - size + i * size * 0.2;
      return `M${x} ${top.toFixed(0)} L${(x + w).toFixed(0)} ${(top + size * 0.32).toFixed(0)} L${(x - w).toFixed(0)} ${(top + size * 0.32).toFixed(0)} Z`;
    })
    .join(' ');
  return `<path d="${tiers} M${x - 6} ${y - 20} h12 v30 h-12 Z" fill="${colour}"/>`;
}

/** Mountains behind a lake at sunset, with a gate in the water: the inside of an SVG of 1200 x 800 units. */
export function mountainLake(): string {
  const roll = dice(11);
  const glints = Array.from({ length: 60 }, () => {
    const y = 560 + roll() * 220;
    const spread = 60 + (y - 560) * 0.9;
    return `<path d="M${(760 + (roll() - 0.5) * 2 * spread).toFixed(0)} ${y.toFixed(0)} h${(20 + roll() * 60).toFixed(0)}" opacity="${(0.25 + roll() * 0.6).toFixed(2)}"/>`;
  }).join('');
  const pines = Array.from({ length: 13 }, (_, i) =>
    pine(Math.round(i < 7 ? i * 52 : 880 + (i - 7) * 62), 818, Math.round(190 + roll() * 150), '#1d2440'),
  ).join('');
  return `<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2c3f86"/><stop offset=".4" stop-color="#c46aa0"/><stop offset=".75" stop-color="#ff9e6b"/><stop offset="1" stop-color="#ffdf94"/></linearGradient>
<linearGradient id="lake" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ffb877"/><stop offset=".4" stop-color="#b0608f"/><stop offset="1" stop-color="#263066"/></linearGradient></defs>
<rect width="1200" height="560" fill="url(#sky)"/><circle cx="760" cy="470" r="180" fill="#fff2c4" opacity=".35"/><circle cx="760" cy="470" r="92" fill="#fff6dc"/>
<g fill="#ffd9d0" opacity=".75"><path d="M90 170 C150 110 260 120 290 160 C350 140 420 170 430 206 C490 210 540 224 600 232 L40 232 C40 200 60 180 90 170 Z"/><path d="M820 120 C860 80 940 90 960 116 C1010 106 1070 130 1080 156 L800 160 C790 144 800 126 820 120 Z"/></g>
<path d="${ridge(560, 300, 3)}" fill="#8b5a93"/><path d="${ridge(560, 190, 9)}" fill="#5f4580"/><path d="${ridge(562, 90, 14)}" fill="#3c3566"/>
<rect y="558" width="1200" height="242" fill="url(#lake)"/><g stroke="#fff1c9" stroke-width="5" stroke-linecap="round">${glints}</g>
<g fill="#c93a3a" stroke="#521820" stroke-width="4"><path d="M470 640 L480 440 h22 l10 200 Z M628 640 L638 440 h22 l10 200 Z"/><path d="M474 486 h192 v22 h-192 Z"/><path d="M430 428 C510 446 630 446 710 428 L704 402 C630 418 510 418 436 402 Z"/></g><path d="M470 646 l6 90 h30 l4 -90 Z M630 646 l4 90 h30 l6 -90 Z" fill="#7a2238" opacity=".5"/>
<path d="M180 250 q16 -20 32 0 q16 -20 32 0 M280 300 q12 -15 24 0 q12 -15 24 0 M230 340 q10 -12 20 0 q10 -12 20 0" fill="none" stroke="#2a2148" stroke-width="5" stroke-linecap="round"/>${pines}`;
}
