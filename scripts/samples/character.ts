/** Colours of one drawn thing: where the light falls, its own colour, its shade. */
export interface Shades {
  readonly light: string;
  readonly base: string;
  readonly dark: string;
}

/** What makes one character differ from another. */
export interface Look {
  readonly hair: Shades;
  readonly style: 'long' | 'bob' | 'twintails' | 'ponytail' | 'short';
  readonly eye: Shades;
  readonly eyes: 'open' | 'happy';
  readonly skin: Shades;
  readonly mouth: 'smile' | 'open' | 'fang' | 'calm';
  readonly outfit: string;
  /** Behind the hair (wings, a hat's brim) and in front of it (ears, glasses, a ribbon). */
  readonly behind?: string;
  readonly inFront?: string;
}

const line = '#3a2430';

function gradient(id: string, { light, base, dark }: Shades): string {
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${light}"/><stop offset=".45" stop-color="${base}"/><stop offset="1" stop-color="${dark}"/></linearGradient>`;
}

const backHair: Record<Look['style'], string> = {
  long: '<path d="M188 430 C140 130 660 130 612 430 C650 600 640 760 706 1010 L560 1010 L540 900 L500 1010 L300 1010 L262 900 L238 1010 L94 1010 C160 760 150 600 188 430 Z"/>',
  bob: '<path d="M182 430 C140 130 660 130 618 430 C640 560 650 680 610 790 C590 770 570 780 540 800 L260 800 C230 780 210 770 190 790 C150 680 160 560 182 430 Z"/>',
  short:
    '<path d="M190 420 C150 130 650 130 610 420 C624 500 620 590 590 660 L560 640 L540 690 L260 690 L240 640 L210 660 C180 590 176 500 190 420 Z"/>',
  twintails:
    '<path d="M196 430 C160 150 640 150 604 430 C610 560 600 620 548 690 Q400 760 252 690 C200 620 190 560 196 430 Z"/>' +
    '<path d="M232 300 C110 250 40 420 62 620 C76 760 40 860 10 950 C90 930 130 870 140 800 C150 860 140 900 120 950 C220 880 220 700 190 560 C176 470 190 380 240 340 Z"/>' +
    '<path d="M568 300 C690 250 760 420 738 620 C724 760 760 860 790 950 C710 930 670 870 660 800 C650 860 660 900 680 950 C580 880 580 700 610 560 C624 470 610 380 560 340 Z"/>',
  ponytail:
    '<path d="M196 430 C160 150 640 150 604 430 C610 560 600 620 548 690 Q400 760 252 690 C200 620 190 560 196 430 Z"/>' +
    '<path d="M520 190 C660 120 770 260 740 460 C722 600 770 700 742 860 C720 790 690 760 672 700 C676 760 668 800 650 840 C640 700 650 560 630 460 C616 370 570 280 500 250 Z"/>',
};

const locks =
  '<path d="M206 430 C178 540 176 660 206 812 C226 760 240 706 240 640 C232 570 228 500 236 430 Z"/>' +
  '<path d="M594 430 C622 540 624 660 594 812 C574 760 560 706 560 640 C568 570 572 500 564 430 Z"/>';

const bangs =
  'M194 486 C160 262 280 146 400 146 C520 146 640 262 606 486 C602 516 596 534 590 548 C588 480 572 410 544 366 C548 420 538 462 520 496 C512 436 486 386 456 350 C458 404 444 452 416 492 C408 434 394 392 374 350 C362 402 334 444 292 484 C298 442 298 402 290 366 C250 408 222 462 210 548 C204 534 198 516 194 486 Z';

const strands =
  'M400 150 C330 190 290 270 290 366 M400 150 C370 210 362 280 374 350 M400 150 C440 210 456 280 456 350 M400 150 C490 190 540 270 544 366 M330 166 C260 220 214 320 208 440 M470 166 C540 220 586 320 592 440';

/** One open eye, drawn at the left of the face. */
function openEye(): string {
  return (
    '<path d="M250 536 C258 492 300 472 342 484 C364 492 376 514 376 540 C374 576 350 600 316 602 C280 602 256 578 250 536 Z" fill="#fff"/>' +
    '<path d="M250 528 C262 492 300 474 342 486 C362 494 374 512 376 534 C350 506 290 502 250 528 Z" fill="#c9b6cf" opacity=".75"/>' +
    '<g clip-path="url(#sclera)"><ellipse cx="316" cy="542" rx="43" ry="58" fill="url(#iris)"/><ellipse cx="316" cy="542" rx="43" ry="58" fill="none" stroke="#1b1020" stroke-width="5"/>' +
    '<ellipse cx="316" cy="536" rx="18" ry="28" fill="#140a18"/><path d="M280 570 C296 602 338 602 352 570 C340 586 294 586 280 570 Z" fill="#fff" opacity=".35"/></g>' +
    `<path d="M236 544 C236 500 282 458 334 466 C364 470 384 496 388 530 C372 504 350 490 326 490 C292 488 266 506 258 540 L248 532 Z" fill="${line}"/>` +
    `<path d="M244 520 L222 512 L244 506 Z" fill="${line}"/>` +
    `<path d="M258 468 C290 444 342 446 372 470" fill="none" stroke="${line}" stroke-width="3.5" opacity=".6"/>` +
    `<path d="M284 604 C302 611 330 610 346 602" fill="none" stroke="${line}" stroke-width="4" stroke-linecap="round"/>`
  );
}

/** A closed, smiling eye: the ^ of ^_^. */
function happyEye(): string {
  return (
    `<path d="M246 560 C270 504 352 502 382 556 C350 522 282 524 246 560 Z" fill="${line}"/>` +
    `<path d="M250 556 L228 560 M258 546 L236 542" stroke="${line}" stroke-width="5" stroke-linecap="round"/>`
  );
}

const sparkle =
  '<ellipse cx="300" cy="512" rx="14" ry="17" fill="#fff"/><circle cx="338" cy="574" r="7" fill="#fff" opacity=".9"/><circle cx="292" cy="562" r="5" fill="#fff" opacity=".6"/>';

const mouths: Record<Look['mouth'], string> = {
  smile: `<path d="M362 674 C382 694 418 694 438 674" fill="none" stroke="${line}" stroke-width="5" stroke-linecap="round"/>`,
  calm: `<path d="M378 680 C392 684 408 684 422 680" fill="none" stroke="${line}" stroke-width="5" stroke-linecap="round"/>`,
  open: `<path d="M358 662 C384 672 416 672 442 662 C440 706 422 720 400 720 C378 720 360 706 358 662 Z" fill="#a8323e" stroke="${line}" stroke-width="4"/><path d="M372 704 C384 692 416 692 428 704 C420 716 410 719 400 719 C390 719 380 716 372 704 Z" fill="#f58a8f"/>`,
  fang: `<path d="M356 666 C384 686 416 686 444 664" fill="none" stroke="${line}" stroke-width="5" stroke-linecap="round"/><path d="M366 673 L376 698 L386 680 Z M414 680 L424 698 L434 672 Z" fill="#fff" stroke="${line}" stroke-width="2.5"/>`,
};

const mirrored = (svg: string): string => `<g transform="translate(800 0) scale(-1 1)">${svg}</g>`;

/**
 * The bust of an anime-like character as the inside of an SVG of 800 x 1000 units: hair behind, body, face, eyes,
 * fringe. Ids of its gradients are its own, so draw one character per picture.
 */
export function character(look: Look): string {
  const eye = look.eyes === 'open' ? openEye() : happyEye();
  return `<defs>${gradient('hair', look.hair)}${gradient('skin', look.skin)}
<linearGradient id="iris" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${look.eye.dark}"/><stop offset=".55" stop-color="${look.eye.base}"/><stop offset="1" stop-color="${look.eye.light}"/></linearGradient>
<radialGradient id="blush"><stop offset="0" stop-color="#ff7f86" stop-opacity=".65"/><stop offset="1" stop-color="#ff7f86" stop-opacity="0"/></radialGradient>
<clipPath id="sclera"><path d="M250 536 C258 492 300 472 342 484 C364 492 376 514 376 540 C374 576 350 600 316 602 C280 602 256 578 250 536 Z"/></clipPath>
<clipPath id="fringe"><path d="${bangs}"/></clipPath></defs>
<g fill="url(#hair)" stroke="${line}" stroke-width="5" stroke-linejoin="round">${backHair[look.style]}</g>
${look.behind ?? ''}
<path d="M340 690 L340 790 C260 830 160 850 116 1010 L684 1010 C640 850 540 830 460 790 L460 690 Z" fill="url(#skin)" stroke="${line}" stroke-width="4"/>
<path d="M342 724 C370 760 430 760 458 724 L458 776 C430 806 372 806 342 776 Z" fill="${look.skin.dark}" opacity=".75"/>
${look.outfit}
<path d="M222 440 C216 560 250 646 312 700 C352 734 380 750 400 752 C420 750 448 734 488 700 C550 646 584 560 578 440 C575 300 225 300 222 440 Z" fill="url(#skin)" stroke="${line}" stroke-width="4.5"/>
<path d="M222 450 C240 380 560 380 578 450 C570 520 560 530 548 556 C540 480 470 440 400 440 C330 440 260 480 252 556 C240 530 230 520 222 450 Z" fill="${look.skin.dark}" opacity=".45"/>
<ellipse cx="276" cy="628" rx="52" ry="28" fill="url(#blush)"/><ellipse cx="524" cy="628" rx="52" ry="28" fill="url(#blush)"/>
<path d="M262 622 l-10 16 M280 622 l-10 16 M298 622 l-10 16 M522 622 l-10 16 M540 622 l-10 16 M558 622 l-10 16" stroke="#e0606c" stroke-width="3" opacity=".55"/>
${eye}${mirrored(eye)}
${look.eyes === 'open' ? `${sparkle}<g transform="translate(168 0)">${sparkle}</g>` : ''}
<path d="M258 436 C288 412 340 412 366 430" fill="none" stroke="${look.hair.dark}" stroke-width="8" stroke-linecap="round"/><path d="M542 436 C512 412 460 412 434 430" fill="none" stroke="${look.hair.dark}" stroke-width="8" stroke-linecap="round"/>
<path d="M402 618 L396 634 L404 637" fill="none" stroke="${look.skin.dark}" stroke-width="5" stroke-linecap="round"/>
${mouths[look.mouth]}
<g fill="url(#hair)" stroke="${line}" stroke-width="5" stroke-linejoin="round">${look.style === 'short' ? '' : locks}<path d="${bangs}"/></g>
<g clip-path="url(#fringe)"><path d="${strands}" fill="none" stroke="${look.hair.dark}" stroke-width="4" opacity=".55"/>
<path d="M214 330 L244 300 L262 322 L296 276 L318 304 L352 262 L378 296 L404 258 L430 296 L456 264 L484 304 L510 278 L540 322 L560 302 L588 332 C560 268 480 224 400 222 C320 224 240 268 214 330 Z" fill="#fff" opacity=".42"/></g>
${look.inFront ?? ''}`;
}
