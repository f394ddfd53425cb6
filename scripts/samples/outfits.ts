import type { Shades } from './character.ts';

const line = '#3a2430';

/** School uniform with a wide collar and a scarf. */
export function sailorUniform(cloth: string, collar: string, scarf: string): string {
  return (
    `<path d="M100 1010 C120 880 220 836 326 806 L400 900 L474 806 C580 836 680 880 700 1010 Z" fill="${cloth}" stroke="${line}" stroke-width="5"/>` +
    `<path d="M330 786 C250 816 190 850 176 930 L330 960 L400 896 L470 960 L624 930 C610 850 550 816 470 786 L400 880 Z" fill="${collar}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/>` +
    '<path d="M206 918 L330 942 L400 876 L470 942 L594 918" fill="none" stroke="#fff" stroke-width="6"/>' +
    `<path d="M400 900 L318 952 L344 1010 L400 960 L456 1010 L482 952 Z" fill="${scarf}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/><circle cx="400" cy="922" r="20" fill="${scarf}" stroke="${line}" stroke-width="5"/>`
  );
}

/** Jacket, shirt and tie. */
export function suit(jacket: string, shirt: string, tie: string): string {
  return (
    `<path d="M326 800 L400 900 L474 800 L520 1010 L280 1010 Z" fill="${shirt}" stroke="${line}" stroke-width="4"/>` +
    `<path d="M384 880 L400 866 L416 880 L410 910 L430 1010 L370 1010 L390 910 Z" fill="${tie}" stroke="${line}" stroke-width="4"/>` +
    `<path d="M336 784 L326 826 L392 890 L400 872 Z M464 784 L474 826 L408 890 L400 872 Z" fill="#fff" stroke="${line}" stroke-width="4"/>` +
    `<path d="M100 1010 C120 880 230 836 322 806 L372 1010 Z M700 1010 C680 880 570 836 478 806 L428 1010 Z" fill="${jacket}" stroke="${line}" stroke-width="5"/>` +
    `<path d="M322 806 L262 880 L300 900 L372 1010 Z M478 806 L538 880 L500 900 L428 1010 Z" fill="${jacket}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/>`
  );
}

/** Off-shoulder dress with a ruffle and a bow. */
export function stageDress({ light, base, dark }: Shades): string {
  const ruffle = Array.from({ length: 9 }, (_, i) => {
    const x = 132 + i * 60;
    return `<path d="M${x} 908 C${x + 4} 964 ${x + 52} 964 ${x + 56} 908 Z" fill="${i % 2 === 0 ? light : '#fff'}" stroke="${line}" stroke-width="4"/>`;
  }).join('');
  return (
    `<path d="M96 1010 C110 940 150 908 210 900 L400 926 L590 900 C650 908 690 940 704 1010 Z" fill="${base}" stroke="${line}" stroke-width="5"/>${ruffle}` +
    `<path d="M330 780 C360 812 440 812 470 780 L474 802 C440 836 360 836 326 802 Z" fill="${dark}" stroke="${line}" stroke-width="4"/>` +
    `<path d="M400 930 L330 896 L334 976 Z M400 930 L470 896 L466 976 Z" fill="${dark}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/><circle cx="400" cy="932" r="18" fill="${light}" stroke="${line}" stroke-width="4"/><path d="M400 812 l10 14 -10 16 -10 -16 Z" fill="#ffe9a8" stroke="${line}" stroke-width="3"/>`
  );
}

/** Cloak closed with a brooch. */
export function cloak({ light, base, dark }: Shades, stone: string): string {
  return (
    `<path d="M60 1010 C90 880 220 820 330 796 L400 870 L470 796 C580 820 710 880 740 1010 Z" fill="${base}" stroke="${line}" stroke-width="5"/>` +
    `<path d="M326 770 C256 790 214 824 206 876 C280 872 350 884 400 916 C450 884 520 872 594 876 C586 824 544 790 474 770 L400 856 Z" fill="${dark}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/>` +
    `<path d="M150 1010 C170 950 200 920 230 900 M650 1010 C630 950 600 920 570 900 M330 1010 C340 970 356 940 376 920 M470 1010 C460 970 444 940 424 920" fill="none" stroke="${dark}" stroke-width="7" opacity=".7"/>` +
    `<circle cx="400" cy="906" r="27" fill="${light}" stroke="${line}" stroke-width="5"/><circle cx="400" cy="906" r="15" fill="${stone}"/><circle cx="395" cy="900" r="5" fill="#fff"/>`
  );
}

/** Triangular ears on top of the head. */
export function catEars({ base, dark }: Pick<Shades, 'base' | 'dark'>): string {
  const ear = `<path d="M214 322 C188 230 190 160 206 112 C262 140 312 180 340 222 Z" fill="${base}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/><path d="M232 286 C218 230 218 190 226 154 C258 172 290 196 308 224 Z" fill="#f7b9bd"/><path d="M232 286 L246 238 L256 262 L268 222 L284 244" fill="none" stroke="${dark}" stroke-width="6"/>`;
  return `${ear}<g transform="translate(800 0) scale(-1 1)">${ear}</g>`;
}

/** A pointed hat with a band and a buckle; its brim covers the top of the fringe. */
export function witchHat({ light, base, dark }: Shades): string {
  return (
    `<path d="M236 250 C260 130 330 40 520 -8 C478 30 470 60 500 90 C530 130 556 190 564 250 Z" fill="${base}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/>` +
    `<path d="M232 262 C240 232 244 212 252 190 C340 226 460 226 546 184 C556 210 562 236 568 262 Z" fill="${light}" stroke="${line}" stroke-width="4"/>` +
    `<path d="M60 306 C120 226 250 222 400 232 C550 222 680 226 740 306 C640 286 540 300 400 302 C260 300 160 286 60 306 Z" fill="${dark}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/>` +
    '<path d="M372 196 h56 v44 h-56 Z" fill="none" stroke="#ffd76a" stroke-width="9"/>'
  );
}

/** A pair of thin-rimmed glasses. */
export const glasses =
  '<g fill="#fff" fill-opacity=".16" stroke="#2b2430" stroke-width="6"><rect x="236" y="480" width="148" height="134" rx="46"/><rect x="416" y="480" width="148" height="134" rx="46"/></g><path d="M384 530 C392 520 408 520 416 530 M236 520 L206 508 M564 520 L594 508" fill="none" stroke="#2b2430" stroke-width="6"/><path d="M258 590 L318 494 M436 590 L496 494" stroke="#fff" stroke-width="7" opacity=".5"/>';

/** Bow at the side of the head. */
export function hairBow(colour: string): string {
  return `<g transform="translate(560 240) rotate(24)" fill="${colour}" stroke="${line}" stroke-width="5" stroke-linejoin="round"><path d="M0 0 C-50 -70 -110 -60 -104 0 C-110 60 -50 66 0 0 Z"/><path d="M0 0 C50 -70 110 -60 104 0 C110 60 50 66 0 0 Z"/><circle r="20"/></g>`;
}

/** Star-shaped hairpin over the left brow. */
export function starPin(colour: string): string {
  return `<path transform="translate(252 372) rotate(-14)" d="M0 -36 L10 -12 L36 -10 L16 8 L22 34 L0 20 L-22 34 L-16 8 L-36 -10 L-10 -12 Z" fill="${colour}" stroke="${line}" stroke-width="4" stroke-linejoin="round"/>`;
}

/** Small bat wings beside the shoulders. */
export function batWings({ base, dark }: Pick<Shades, 'base' | 'dark'>): string {
  const wing = `<path d="M180 860 C110 760 60 720 6 700 C20 760 16 800 0 850 C40 850 60 866 70 900 C96 884 120 884 140 910 Z" fill="${base}" stroke="${line}" stroke-width="5" stroke-linejoin="round"/><path d="M180 860 C120 800 70 760 6 700 M180 860 C120 846 70 846 0 850" fill="none" stroke="${dark}" stroke-width="5"/>`;
  return `${wing}<g transform="translate(800 0) scale(-1 1)">${wing}</g>`;
}
