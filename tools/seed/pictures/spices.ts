/** Pictures of saffron, za'atar, paprika and preserved lemons. */
import { at, box, disc, leaf, line, oval, type Pictures, path, scatter, shade, times } from './canvas.ts';

const crocus = '#7d5bb0';
const paprika = '#b5311f';
const glass = '#eef5f3';

export const spices: Pictures = {
  'kozani-saffron': {
    wall: '#d9a441',
    shadow: 230,
    shapes: [
      box(262, 270, [116, 84, 14], '#b98a5a'),
      path(
        'M256 350H384V384Q430 400 430 450V656Q430 690 396 690H244Q210 690 210 656V450Q210 400 256 384Z',
        glass,
        'opacity=".92"',
      ),
      scatter(28, [236, 520, 150, 140], (x, y, i) =>
        line(
          `M${x} ${y}q${i % 2 ? 16 : -12} -14 ${10 + (i % 4) * 8} ${(i % 5) * 7 - 14}`,
          i % 4 ? '#c8231c' : '#e0601f',
          6,
        ),
      ),
      line('M234 440V620', '#ffffff', 10),
      box(236, 426, [168, 74, 6], '#7a2a1d'),
      box(248, 438, [144, 50, 4], 'none', 'stroke="#f0d58a" stroke-width="4"'),
      disc(320, 463, 12, '#f0d58a'),
      line('M570 690Q562 610 572 540', '#6f8f4a', 12),
      line('M566 690Q500 620 480 560M574 690Q640 640 668 560', '#557a3a', 8),
      path(
        'M572 560C480 530 470 430 500 380C540 410 560 440 572 470C584 440 604 410 644 380C674 430 664 530 572 560Z',
        crocus,
      ),
      path('M572 560C520 500 530 410 572 350C614 410 624 500 572 560Z', shade(crocus, 0.25)),
      line('M572 500L546 400M572 500L598 396M572 500L574 376', '#d93a1f', 8),
    ],
  },
  'hillside-zaatar': {
    wall: '#cfa27c',
    shadow: 260,
    shapes: [
      path('M180 300Q320 250 460 300L486 370Q320 350 154 370Z', '#e9dcc0'),
      line('M176 334Q320 306 464 334', '#a8322d', 10),
      path(
        'M180 364H460Q490 400 490 450V650Q490 690 450 690H190Q150 690 150 650V450Q150 400 180 364Z',
        glass,
        'opacity=".9"',
      ),
      path('M162 440Q320 420 478 440V648Q478 678 448 678H192Q162 678 162 648Z', '#6f7a35'),
      scatter(46, [172, 450, 296, 216], (x, y, i) =>
        oval(x, y, [8, 5], ['#e9d3a0', '#8a2f3a', '#94a04e'][i % 3]!),
      ),
      box(216, 490, [208, 120, 8], '#f7efdc'),
      at(
        'translate(320 598)',
        leaf(88, '#6f8f3f'),
        at('rotate(-52)', leaf(70, '#6f8f3f')),
        at('rotate(52)', leaf(70, '#6f8f3f')),
      ),
      line('M560 640L716 520', '#a8703f', 24),
      oval(540, 656, [66, 34], '#a8703f'),
      path('M484 650Q540 590 600 646Q540 668 484 650Z', '#6f7a35'),
      scatter(10, [505, 622, 74, 26], (x, y, i) => oval(x, y, [6, 4], i % 2 ? '#e9d3a0' : '#8a2f3a')),
    ],
  },
  'oak-smoked-paprika': {
    wall: '#7e9c86',
    shadow: 220,
    shapes: [
      path('M206 330Q206 300 236 300H484Q514 300 514 330V690H206Z', paprika),
      path('M450 300H484Q514 300 514 330V690H450Z', shade(paprika, -0.22)),
      box(196, 262, [328, 60, 18], '#d8b15c'),
      line('M214 300H506', shade('#d8b15c', -0.3), 5),
      box(236, 372, [248, 270, 124], '#f6e3b8'),
      box(250, 386, [220, 242, 110], 'none', `stroke="${paprika}" stroke-width="6"`),
      path(
        'M352 440C420 436 440 500 404 560C390 584 366 598 344 600C360 580 352 560 336 530C312 486 318 446 352 440Z',
        '#d1351f',
      ),
      path('M352 462Q338 500 360 540', 'none', 'stroke="#f08a6a" stroke-width="9" stroke-linecap="round"'),
      line('M356 442Q352 414 376 404', '#4f7a34', 14),
      path('M336 448Q356 426 386 446Q360 458 336 448Z', '#4f7a34'),
      path('M530 690Q570 620 614 608Q666 624 700 690Z', '#c2401f'),
      scatter(12, [566, 636, 96, 46], (x, y) => disc(x, y, 4, '#e2734a')),
    ],
  },
  'salted-lemons': {
    wall: '#5f8fa8',
    shadow: 220,
    shapes: [
      path('M250 240Q400 180 550 240L540 300H260Z', glass),
      path('M250 240Q400 180 550 240', 'none', 'stroke="#c7d6d6" stroke-width="8"'),
      box(236, 292, [328, 30, 15], '#d9703f'),
      path(
        'M246 322H554Q590 350 590 410V640Q590 690 540 690H260Q210 690 210 640V410Q210 350 246 322Z',
        glass,
        'opacity=".8"',
      ),
      path('M222 400Q400 378 578 400V640Q578 678 540 678H260Q222 678 222 640Z', '#f0d980', 'opacity=".75"'),
      lemon(296, 470, -20),
      lemon(420, 456, 30),
      lemon(520, 520, -70),
      lemon(366, 584, 40),
      lemon(462, 610, -10),
      lemon(282, 604, 64),
      at('translate(404 560) rotate(40)', leaf(78, '#5f8f45')),
      line('M240 420V610', '#ffffff', 12, 'opacity=".8"'),
      line('M556 250L596 306L592 420', '#8f979c', 9),
      line('M244 250L204 306L208 400', '#8f979c', 9),
      times(9, (i) => disc(240 + i * 40, 672 - (i % 3) * 8, 6, '#ffffff')),
    ],
  },
};

function lemon(x: number, y: number, turn: number): string {
  return at(
    `translate(${x} ${y}) rotate(${turn})`,
    path('M-70 0C-56 -52 56 -52 70 0C56 52 -56 52 -70 0Z', '#f3c62c'),
    path('M-52 10C-20 40 30 40 54 14C30 52 -40 52 -52 10Z', '#d9a31c'),
    line('M-44 -6Q0 -26 44 -6', '#fdf0b0', 6),
  );
}
