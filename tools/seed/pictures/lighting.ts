/** Pictures of lamps, lanterns and candles. */
import { at, box, disc, flame, line, mirrored, oval, type Pictures, path, shade, times } from './canvas.ts';

const brass = '#c8973a';
const red = '#b8392f';

export const lighting: Pictures = {
  'heron-reading-lamp': {
    wall: '#3f6f73',
    shadow: 150,
    shapes: [
      at(
        'translate(458 246) rotate(-20)',
        path('M-96 96L96 96L176 380Q0 440 -176 380Z', '#fff0b0', 'opacity=".38"'),
      ),
      line('M400 670L290 440L458 246', shade(brass, -0.12), 20),
      line('M396 664L288 440', shade(brass, 0.35), 5),
      disc(290, 440, 26, shade(brass, -0.3)),
      disc(290, 440, 11, shade(brass, 0.4)),
      at(
        'translate(458 246) rotate(-20)',
        disc(0, 96, 36, '#fff7d6'),
        path('M-34 -34Q0 -62 34 -34L104 100H-104Z', brass),
        path('M8 -50Q26 -44 34 -34L104 100H44Z', shade(brass, -0.2)),
        box(-110, 92, [220, 16, 8], shade(brass, -0.35)),
      ),
      path('M290 690Q290 640 400 640Q510 640 510 690Z', brass),
      path('M420 641Q510 644 510 690H450Z', shade(brass, -0.2)),
    ],
  },
  'starfall-pierced-lantern': {
    wall: '#4a3557',
    shadow: 0,
    shapes: [
      disc(400, 400, 270, '#ffd877', 'opacity=".22"'),
      times(16, (i) =>
        disc(
          400 + Math.cos(i * 2.4) * (235 + (i % 3) * 22),
          385 + Math.sin(i * 2.4) * 240,
          5 + (i % 3) * 2,
          '#fff3c0',
        ),
      ),
      line('M400 0V150', shade(brass, -0.3), 8, 'stroke-dasharray="4 16"'),
      line('M372 176a28 28 0 1 1 56 0', brass, 10),
      path('M300 268Q310 180 400 172Q490 180 500 268Z', shade(brass, -0.1)),
      box(276, 262, [248, 22, 11], shade(brass, 0.25)),
      path('M290 284H510L560 440L500 592H300L240 440Z', brass),
      path('M350 284H290L240 440L300 592H345L318 440Z', shade(brass, -0.22)),
      path('M450 284H510L560 440L500 592H455L482 440Z', shade(brass, -0.32)),
      times(3, (row) => times(3, (col) => star(352 + col * 48, 336 + row * 96))),
      times(2, (row) => times(2, (col) => disc(376 + col * 48, 388 + row * 96, 10, '#fff3c0'))),
      mirrored(times(3, (row) => disc(296 - (row === 1 ? 14 : 0), 350 + row * 88, 9, '#ffe08a'))),
      box(286, 588, [228, 20, 10], shade(brass, 0.25)),
      path('M340 608H460Q440 650 400 662Q360 650 340 608Z', shade(brass, -0.1)),
      disc(400, 674, 13, shade(brass, 0.25)),
    ],
  },
  'paper-moon-pendant': {
    wall: '#2f4a6b',
    shadow: 0,
    shapes: [
      disc(400, 410, 285, '#fff2c4', 'opacity=".2"'),
      line('M400 0V190', '#241f1c', 8),
      box(362, 178, [76, 40, 10], '#3a2f28'),
      disc(400, 410, 212, '#fbf1d3'),
      path('M400 198A212 212 0 0 1 400 622A330 330 0 0 0 400 198Z', '#e8d5a4'),
      times(9, (i) => rib(232 + i * 44)),
      oval(330, 350, [50, 76], '#ffffff', 'opacity=".55"'),
      oval(400, 617, [58, 12], '#c9ae72'),
    ],
  },
  'keepers-storm-lamp': {
    wall: '#7d9a6a',
    shadow: 170,
    shapes: [
      line('M262 420C210 60 590 60 538 420', '#5a5148', 9),
      mirrored(
        line('M300 640C214 620 230 350 270 300Q300 262 350 264', red, 24),
        disc(262, 424, 15, shade(red, -0.35)),
      ),
      path('M330 262H470L448 190H352Z', red),
      path('M318 200Q400 130 482 200Z', shade(red, -0.25)),
      box(322, 258, [156, 36, 8], shade(red, -0.25)),
      path('M346 294H454Q540 420 462 574H338Q260 420 346 294Z', '#eaf6f5', 'opacity=".82"'),
      flame(400, 562, 120),
      path('M330 330Q296 420 330 510', 'none', 'stroke="#fff" stroke-width="12" stroke-linecap="round"'),
      box(326, 562, [148, 34, 8], '#5a5148'),
      path('M256 690V636Q256 594 320 594H480Q544 594 544 636V690Z', red),
      path('M470 594H480Q544 594 544 636V690H490Z', shade(red, -0.25)),
      disc(316, 630, 17, '#d9b15a'),
    ],
  },
  'beeswax-tapers': {
    wall: '#6b5a7b',
    shadow: 220,
    shapes: [
      taper(270, 330, '#e0a93f'),
      taper(358, 230, '#edbd55'),
      taper(446, 290, '#d99a30'),
      taper(534, 390, '#e8b44b'),
      path('M190 640H610Q600 690 540 690H260Q200 690 190 640Z', '#8c5a3b'),
      box(180, 626, [440, 26, 13], '#a86f49'),
    ],
  },
};

function star(x: number, y: number): string {
  return at(`translate(${x} ${y})`, path('M0 -22L6 -6L22 0L6 6L0 22L-6 6L-22 0L-6 -6Z', '#fff3c0'));
}

function rib(y: number): string {
  const half = Math.round(Math.sqrt(212 ** 2 - (y - 410) ** 2));
  return line(`M${400 - half} ${y}Q400 ${y + 26} ${400 + half} ${y}`, '#cdb27a', 4);
}

function taper(x: number, top: number, wax: string): string {
  return [
    path(`M${x - 26} 640L${x - 11} ${top}Q${x} ${top - 10} ${x + 11} ${top}L${x + 26} 640Z`, wax),
    path(`M${x + 4} 640V${top}H${x + 11}L${x + 26} 640Z`, shade(wax, -0.14)),
    line(`M${x} ${top}V${top - 22}`, '#3a2f28', 5),
    flame(x, top - 14, 76),
  ].join('');
}
