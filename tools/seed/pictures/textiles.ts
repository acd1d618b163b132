/** Pictures of blankets, towels, cushions, rugs and bags. */
import { at, box, disc, leaf, line, type Pictures, path, shade, times } from './canvas.ts';

const blues = ['#1f3a63', '#3c6a9e', '#9dbdd8'];
const cloth = '#efe6d2';
const madder = '#a8322d';
const canvas = '#e8dcbc';

export const textiles: Pictures = {
  'skellig-wool-blanket': {
    wall: '#c9b28a',
    shadow: 0,
    shapes: [
      box(110, 190, [580, 26, 13], '#7a5236'),
      path('M250 176H590V520H250Z', shade(blues[0]!, -0.3)),
      path('M210 180Q380 164 560 180V620H210Z', blues[1]!),
      times(
        4,
        (i) => box(210, 250 + i * 98, [350, 34], blues[0]!) + box(210, 292 + i * 98, [350, 16], blues[2]!),
      ),
      path('M460 174L560 180V620H440Z', '#0b1a30', 'opacity=".22"'),
      line('M330 190V610', '#0b1a30', 6, 'opacity=".18"'),
      times(18, (i) => line(`M${218 + i * 19.8} 620v38`, i % 2 ? blues[0]! : blues[1]!, 7)),
    ],
  },
  'washed-linen-tea-towels': {
    wall: '#7fa3a0',
    shadow: 0,
    shapes: [
      box(120, 170, [560, 44, 8], '#8a6244'),
      towel(275, '#8c7a55'),
      towel(525, madder),
      times(
        2,
        (i) => line(`M${275 + i * 250} 196v22`, '#4a3323', 18) + disc(275 + i * 250, 222, 15, '#5d4230'),
      ),
    ],
  },
  'kilim-cushion': {
    wall: '#d7b98f',
    shadow: 210,
    shapes: [
      path('M176 250Q400 300 624 250Q580 470 624 690Q400 660 176 690Q220 470 176 250Z', madder),
      path('M212 286Q400 322 588 286Q556 470 588 654Q400 630 212 654Q244 470 212 286Z', '#e9d3a3'),
      path('M236 312Q400 340 564 312Q538 470 564 630Q400 610 236 630Q262 470 236 312Z', '#7d2521'),
      path('M400 330L540 470L400 610L260 470Z', '#e9d3a3'),
      path('M400 356L514 470L400 584L286 470Z', '#2f5f7d'),
      path('M400 392L478 470L400 548L322 470Z', '#d98b34'),
      path('M400 428L442 470L400 512L358 470Z', madder),
      times(4, (i) => at(`rotate(${i * 90} 400 470)`, path('M285 355L330 355L285 400Z', '#d98b34'))),
    ],
  },
  'atlas-runner': {
    wall: '#b7724f',
    shadow: 0,
    shapes: [
      path('M306 150H494L640 740H160Z', '#201810', 'opacity=".25"'),
      path('M306 136H494L632 726H168Z', '#f3ead6'),
      diamond(216, 38) + diamond(312, 46) + diamond(430, 58) + diamond(578, 74),
      line('M322 160L200 700M478 160L600 700', '#4a423c', 7),
      times(20, (i) => line(`M${176 + i * 23.6} 728l${(i - 10) * 0.6} 32`, '#e2d3b3', 7)),
      times(9, (i) => line(`M${312 + i * 22} 134v-16`, '#e2d3b3', 5)),
    ],
  },
  'market-day-bag': {
    wall: '#e3b34d',
    shadow: 210,
    shapes: [
      at(
        'rotate(-14 320 400)',
        box(296, 130, [62, 300, 31], '#c98a45'),
        times(4, (i) => line(`M306 ${180 + i * 46}l40 24`, '#e6bd84', 9)),
      ),
      at('translate(470 380) rotate(14)', leaf(210, '#5f8f45')),
      at('translate(500 390) rotate(34)', leaf(180, '#79a957')),
      at('translate(440 380) rotate(-4)', leaf(190, '#4d7a38')),
      line('M300 400C300 190 500 190 500 400', shade(canvas, -0.25), 24),
      path('M206 350H594L624 690H176Z', canvas),
      path('M520 350H594L624 690H540Z', shade(canvas, -0.1)),
      path('M184 600H616L624 690H176Z', shade(canvas, -0.18)),
      line('M300 356v46M500 356v46', shade(canvas, -0.25), 24),
      path(
        'M400 420C430 420 436 456 448 490C476 560 440 594 400 594C360 594 324 560 352 490C364 456 370 420 400 420Z',
        '#7f9e3f',
      ),
      line('M400 420Q402 400 416 390', '#5d4230', 8),
      at('translate(412 410) rotate(70)', leaf(54, '#55782a')),
    ],
  },
};

function towel(x: number, stripe: string): string {
  return at(
    `translate(${x} 0)`,
    path('M-16 214Q0 204 16 214C40 300 96 360 92 610L-92 610C-96 360 -40 300 -16 214Z', cloth),
    path('M-4 214C-20 320 -66 380 -62 610H-92C-96 360 -40 300 -16 214Z', shade(cloth, -0.12)),
    path('M4 214C30 320 66 380 62 610H92C96 360 40 300 16 214Z', shade(cloth, -0.07)),
    path('M-93 540H93L92 566H-92Z', stripe),
    path('M-93 576H93L92 584H-92Z', stripe),
    line('M0 250Q-8 400 -4 600', shade(cloth, -0.16), 4),
  );
}

function diamond(y: number, half: number): string {
  const wide = half * 1.5;
  return (
    path(
      `M400 ${y - half}L${400 + wide} ${y}L400 ${y + half}L${400 - wide} ${y}Z`,
      'none',
      'stroke="#4a423c" stroke-width="10"',
    ) +
    path(
      `M400 ${y - half * 0.4}L${400 + wide * 0.4} ${y}L400 ${y + half * 0.4}L${400 - wide * 0.4} ${y}Z`,
      '#a5522f',
    )
  );
}
