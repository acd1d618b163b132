/** Pictures of tea in tins, pouches, caddies, jars and a chest. */
import { at, box, disc, leaf, line, oval, type Pictures, path, shade, steam, times } from './canvas.ts';

const tin = '#2f6b5e';
const foil = '#e9e0c9';
const pine = '#b0814e';
const mango = '#8c5530';
const drawers = ['#b8392f', '#d98b34', '#e3b34d', '#5f8f45', '#2f6c6a', '#7a55a3'];

export const tea: Pictures = {
  'cloud-ridge-oolong': {
    wall: '#d98f6a',
    shadow: 170,
    shapes: [
      path('M250 290V660Q250 690 400 690Q550 690 550 660V290Z', tin),
      path('M480 290H550V660Q550 678 480 686Z', shade(tin, -0.25)),
      path('M244 210V300Q244 326 400 326Q556 326 556 300V210Z', shade(tin, 0.16)),
      oval(400, 210, [156, 30], shade(tin, 0.34)),
      oval(400, 206, [46, 10], shade(tin, 0.1)),
      box(280, 376, [240, 250, 14], '#f4ead2'),
      disc(462, 430, 26, '#d9584a'),
      path('M280 560L350 440L398 520L440 466L520 570V612Q520 626 506 626H294Q280 626 280 612Z', '#4f8a78'),
      path('M350 440L372 476L352 488L334 468Z', '#ffffff'),
      path(
        'M280 586q24 -30 50 -8q26 -36 60 -4q34 -34 62 2q36 -28 68 0V612Q520 626 506 626H294Q280 626 280 612Z',
        '#ffffff',
      ),
    ],
  },
  'medina-mint-green': {
    wall: '#c7d08f',
    shadow: 250,
    shapes: [
      path('M150 690L176 300H424L450 690Q300 704 150 690Z', foil),
      path('M176 300H424L430 390H170Z', shade(foil, -0.16)),
      box(170, 250, [260, 56, 8], '#3f7a4a'),
      path('M390 300H424L450 690L400 694Z', shade(foil, -0.14)),
      box(206, 426, [188, 200, 94], '#3f7a4a'),
      at('translate(300 590) rotate(-42)', leaf(110, '#8cc46a')),
      at('translate(300 590) rotate(42)', leaf(110, '#8cc46a')),
      at('translate(300 596)', leaf(136, '#a9d98a')),
      steam(586, 410),
      path('M504 440H668L644 690H528Z', '#ffffff', 'opacity=".55"'),
      path('M510 500H662L645 680H528Z', '#c9a038'),
      line('M506 470H666', '#d8b15c', 10),
      times(5, (i) => path(`M${524 + i * 31} 556l12 18l-12 18l-12 -18Z`, '#fff3c0')),
      at('translate(590 500) rotate(20)', leaf(86, '#4f9a4a')),
      at('translate(586 500) rotate(-34)', leaf(70, '#6fb35c')),
    ],
  },
  'pinewood-souchong': {
    wall: '#6f7f8f',
    shadow: 200,
    shapes: [
      steam(340, 230, '#dfe6ea'),
      steam(440, 250, '#dfe6ea'),
      path('M220 320L270 270H600L560 320Z', shade(pine, -0.45)),
      path('M220 320H560V690H220Z', pine),
      path('M560 320L600 270V640L560 690Z', shade(pine, -0.28)),
      path('M300 306L350 256H660L616 306Z', shade(pine, 0.22)),
      path('M300 306H616V322H300Z', shade(pine, -0.12)),
      line(
        'M240 392C320 382 420 402 540 390M240 640C340 650 440 630 540 642M240 664H540',
        shade(pine, -0.16),
        5,
      ),
      path('M390 420L330 510H360L314 578H372V620H408V578H466L420 510H450Z', '#3a2a1c'),
    ],
  },
  'rosehip-hibiscus': {
    wall: '#8fb8b0',
    shadow: 230,
    shapes: [
      box(262, 236, [276, 74, 16], '#c7ccd0'),
      times(12, (i) => line(`M${280 + i * 22} 248v50`, '#a3aab0', 5)),
      path(
        'M282 306H518Q556 330 556 390V650Q556 690 516 690H284Q244 690 244 650V390Q244 330 282 306Z',
        '#f4f8f8',
        'opacity=".75"',
      ),
      path('M256 400Q400 372 544 400V648Q544 678 514 678H286Q256 678 256 648Z', '#9c1f3a'),
      times(16, (i) =>
        oval(
          282 + (i % 4) * 73 + (i % 8 > 3 ? 14 : 0),
          432 + Math.floor(i / 4) * 68,
          [20, 15],
          i % 3 ? '#c93a52' : '#e8933c',
        ),
      ),
      box(316, 470, [168, 150, 10], '#fbf4e6'),
      hibiscus(400, 546),
      disc(610, 656, 34, '#c8342f'),
      path('M596 624L610 604L624 624Z', '#55782a'),
      disc(666, 668, 26, '#d9482f'),
      path('M654 644L666 626L678 644Z', '#55782a'),
    ],
  },
  'travellers-tea-chest': {
    wall: '#5b7f86',
    shadow: 290,
    shapes: [
      path('M150 380L196 190H604L650 380Z', shade(mango, -0.2)),
      path('M190 370L224 214H576L610 370Z', '#f1e2c0'),
      line('M260 330Q330 240 400 300T540 250', '#b8392f', 6, 'stroke-dasharray="4 16"'),
      path('M528 238l24 24M552 238l-24 24', 'none', 'stroke="#b8392f" stroke-width="9"'),
      box(136, 372, [528, 318, 12], mango),
      times(12, (i) =>
        drawer(164 + (i % 4) * 121, 400 + Math.floor(i / 4) * 92, drawers[(i * 5 + Math.floor(i / 4)) % 6]!),
      ),
      ...[
        [136, 372, 0],
        [664, 372, 90],
        [664, 690, 180],
        [136, 690, 270],
      ].map(([x, y, turn]) => at(`translate(${x} ${y}) rotate(${turn})`, path('M0 0H54L0 54Z', '#d8b15c'))),
    ],
  },
};

function hibiscus(x: number, y: number): string {
  return (
    times(5, (i) => at(`translate(${x} ${y}) rotate(${i * 72})`, oval(0, -32, [23, 33], '#d63a5e'))) +
    disc(x, y, 15, '#7d1230') +
    line(`M${x} ${y}l26 -34`, '#f2c14e', 8)
  );
}

function drawer(x: number, y: number, colour: string): string {
  return (
    box(x, y, [108, 78, 6], shade(mango, -0.35)) +
    box(x + 8, y + 8, [92, 62, 5], colour) +
    disc(x + 54, y + 40, 9, '#f0d58a')
  );
}
