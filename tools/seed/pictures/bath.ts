/** Pictures of soap, oil, salt and a comb. */
import { at, box, disc, leaf, line, oval, type Pictures, path, scatter, shade, times } from './canvas.ts';

const gold = '#b89a55';
const amber = '#9a5a1f';
const hornbeam = '#e0c08a';

export const bath: Pictures = {
  'laurel-olive-soap': {
    wall: '#8fb3a3',
    shadow: 260,
    shapes: [
      bar(140, 556),
      bar(410, 556),
      bar(276, 418),
      at('translate(330 412) rotate(-64)', leaf(120, '#4f7a3a')),
      at('translate(340 412) rotate(-22)', leaf(130, '#5f8f45')),
      at('translate(350 414) rotate(24)', leaf(110, '#4f7a3a')),
      disc(372, 396, 15, '#2e2a3d'),
      disc(400, 402, 13, '#3b3550'),
    ],
  },
  'argan-face-oil': {
    wall: '#d8a05d',
    shadow: 140,
    shapes: [
      path('M360 170Q360 120 400 120Q440 120 440 170L446 250H354Z', '#2b2725'),
      box(338, 246, [124, 70, 10], '#c9a24b'),
      times(7, (i) => line(`M${352 + i * 16} 256v50`, shade(gold, -0.25), 4)),
      path(
        'M350 316H450V350Q520 366 520 430V650Q520 690 480 690H320Q280 690 280 650V430Q280 366 350 350Z',
        amber,
      ),
      path('M470 358Q520 372 520 430V650Q520 690 480 690H460Z', shade(amber, -0.3)),
      line('M400 316V470', '#e8d9b8', 14, 'opacity=".5"'),
      line('M306 430V640', '#d99a55', 12, 'opacity=".8"'),
      box(308, 470, [184, 160, 8], '#f4ead2'),
      at('translate(400 596) rotate(-30)', leaf(84, '#7d8f3f')),
      at('translate(400 596) rotate(30)', leaf(84, '#93a650')),
      oval(400, 560, [20, 28], '#c98a3a'),
      path('M600 560Q640 620 640 646A40 40 0 0 1 560 646Q560 620 600 560Z', '#e0a52f'),
      oval(586, 640, [8, 16], '#fbe2a0'),
    ],
  },
  'lavender-bath-salt': {
    wall: '#b79cc4',
    shadow: 210,
    shapes: [
      sprig(590, -10),
      sprig(640, 14),
      box(296, 226, [208, 96, 18], '#b98a5a'),
      times(8, (i) => disc(320 + i * 23, 250 + (i % 3) * 20, 5, '#93683d')),
      path('M270 316H530L560 400V650Q560 690 520 690H280Q240 690 240 650V400Z', '#e6f0f2', 'opacity=".9"'),
      path('M252 440Q400 410 548 440V650Q548 678 520 678H280Q252 678 252 650Z', '#d5d2d8'),
      scatter(34, [258, 446, 270, 218], (x, y, i) => box(x, y, [13, 13], i % 4 ? '#f7f5fa' : '#8e6fb0')),
      line('M270 410V620', '#ffffff', 12, 'opacity=".8"'),
      box(310, 500, [180, 110, 6], '#fbf7ee'),
      line('M350 585V526M400 590V520M450 585V526', '#8e6fb0', 12, 'stroke-dasharray="2 15"'),
    ],
  },
  'hornbeam-comb': {
    wall: '#5e7f6b',
    shadow: 0,
    shapes: [
      at(
        'rotate(-16 400 420)',
        box(140, 548, [520, 78, 10], '#a8623a'),
        line('M160 570H640M160 600H560', shade('#a8623a', 0.2), 4),
        path('M140 330Q400 190 660 330V380H140Z', hornbeam),
        line('M190 336Q400 240 610 336', shade(hornbeam, -0.18), 5),
        line('M240 352Q400 296 560 352', shade(hornbeam, -0.18), 4),
        times(8, (i) => path(`M${140 + i * 33} 376h20l-4 124q-6 14 -12 0Z`, hornbeam)),
        times(15, (i) => path(`M${406 + i * 17.2} 376h11l-2 124q-4 10 -7 0Z`, shade(hornbeam, -0.04))),
        path('M640 376h20v110q-8 24 -20 10Z', hornbeam),
      ),
    ],
  },
};

function bar(x: number, y: number): string {
  return (
    path(`M${x} ${y + 26}L${x + 34} ${y}H${x + 250}L${x + 222} ${y + 26}Z`, shade(gold, 0.28)) +
    box(x, y + 24, [224, 110, 10], gold) +
    path(`M${x + 222} ${y + 28}L${x + 250} ${y + 2}V${y + 104}L${x + 222} ${y + 130}Z`, '#6f8f3f') +
    box(x + 46, y + 46, [130, 66, 33], 'none', `stroke="${shade(gold, -0.3)}" stroke-width="6"`) +
    at(`translate(${x + 84} ${y + 92}) rotate(60)`, leaf(62, shade(gold, -0.22)))
  );
}

function sprig(x: number, lean: number): string {
  return at(
    `rotate(${lean} ${x} 690)`,
    line(`M${x} 690V330`, '#6d8a4d', 8),
    times(
      7,
      (i) =>
        oval(x - 13, 330 + i * 26, [15, 12], '#7a55a3') + oval(x + 13, 342 + i * 26, [15, 12], '#9272ba'),
    ),
    oval(x, 312, [12, 16], '#7a55a3'),
  );
}
