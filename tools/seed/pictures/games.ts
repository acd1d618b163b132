/** Pictures of games and toys. */
import { at, box, disc, line, oval, type Pictures, path, shade, times } from './canvas.ts';

const walnut = '#6f4a30';
const sail = '#d9402f';
const card = '#fbf5e6';

export const games: Pictures = {
  'caravan-backgammon': {
    wall: '#b9a27f',
    shadow: 0,
    shapes: [
      box(96, 210, [608, 470, 14], shade(walnut, -0.3)),
      box(88, 200, [608, 470, 14], walnut),
      box(112, 224, [266, 422, 4], '#e3c896'),
      box(406, 224, [266, 422, 4], '#e3c896'),
      times(6, (i) => point(112 + i * 44.3, i) + point(406 + i * 44.3, i)),
      times(3, (i) => disc(134, 626 - i * 40, 19, '#2b2320') + disc(650, 246 + i * 40, 19, '#2b2320')),
      times(
        3,
        (i) =>
          disc(134, 246 + i * 40, 19, '#f6ecd8', 'stroke="#c9b48a" stroke-width="3"') +
          disc(340, 626 - i * 40, 19, '#f6ecd8', 'stroke="#c9b48a" stroke-width="3"'),
      ),
      times(2, (i) => disc(472, 626 - i * 40, 19, '#2b2320')),
      at(
        'translate(500 436) rotate(14)',
        box(-26, -26, [52, 52, 8], card),
        disc(-12, -12, 5, '#2b2320'),
        disc(0, 0, 5, '#2b2320'),
        disc(12, 12, 5, '#2b2320'),
      ),
      at(
        'translate(580 430) rotate(-20)',
        box(-26, -26, [52, 52, 8], card),
        times(4, (i) => disc(i % 2 ? 12 : -12, i > 1 ? 12 : -12, 5, '#2b2320')),
      ),
      box(384, 300, [16, 40, 3], '#d8b15c'),
      box(384, 530, [16, 40, 3], '#d8b15c'),
    ],
  },
  'drowsy-spinning-top': {
    wall: '#6f9aa8',
    shadow: 90,
    shapes: [
      at(
        'rotate(9 400 690)',
        '<clipPath id="top"><path d="M180 430Q180 340 400 330Q620 340 620 430Q600 540 410 660H390Q200 540 180 430Z"/></clipPath>',
        box(382, 220, [36, 130, 14], '#b5834a'),
        disc(400, 216, 27, '#d9a866'),
        `<g clip-path="url(#top)">${box(160, 300, [480, 390], '#e3c08a')}${times(7, (i) => line(`M150 ${372 + i * 42}Q400 ${436 + i * 42} 650 ${372 + i * 42}`, ['#d1351f', '#e8812f', '#f2c14e', '#5f8f45', '#2f7d8a', '#3f4f9a', '#7a4a96'][i]!, 30))}${path('M480 300H640V690H400Q560 520 480 300Z', '#1c1410', 'opacity=".18"')}</g>`,
        oval(400, 352, [150, 20], '#f3dcb4'),
        path('M390 656H410L404 692H396Z', '#8f979c'),
      ),
      line(
        'M150 560Q120 470 160 400M650 610Q706 520 676 430M110 520Q96 470 112 420',
        '#ffffff',
        8,
        'opacity=".8"',
      ),
      line('M560 700C620 670 700 690 680 716S560 730 600 700', '#c8342f', 8),
    ],
  },
  'stacking-camels': {
    wall: '#7fae9a',
    shadow: 270,
    shapes: [
      at('translate(250 690)', camel('#e3a53a')),
      at('translate(520 690)', camel('#c8603a')),
      at('translate(396 494) scale(.94)', camel('#5f97a3')),
      at('translate(404 310) rotate(-5) scale(.8)', camel('#d9c08a')),
    ],
  },
  'swallowtail-kite': {
    wall: '#79b4d6',
    shadow: 0,
    shapes: [
      path('M60 250q30 -50 80 -30q40 -50 90 -6q50 -10 50 40H70Z', '#ffffff', 'opacity=".7"'),
      path('M540 590q30 -44 76 -26q40 -44 84 -4q40 0 40 38H548Z', '#ffffff', 'opacity=".7"'),
      line('M372 470C300 600 420 640 300 800', '#fbf5e6', 4),
      at(
        'rotate(24 430 320)',
        line('M420 520C330 600 500 650 400 760', sail, 12),
        line('M440 520C540 600 400 660 500 750', '#f2c14e', 12),
        path('M430 90L590 290L430 530L270 290Z', sail),
        path('M430 90L590 290L430 530Z', shade(sail, -0.2)),
        path('M430 90L510 190L430 290L350 190Z', '#f2c14e'),
        path('M430 290L470 340L430 420L390 340Z', '#fbf5e6'),
        line('M430 90V530M270 290Q430 270 590 290', '#7a4a26', 7),
        disc(430, 283, 9, '#d8b15c'),
      ),
      at(
        'translate(226 300) rotate(12) scale(.9)',
        path('M0 0Q-12 -14 -26 -10Q-12 -6 0 8Q12 -6 26 -10Q12 -14 0 0Z', '#33302e'),
      ),
    ],
  },
  'fox-and-fig-cards': {
    wall: '#a8685f',
    shadow: 0,
    shapes: [
      at('rotate(-24 400 800)', face('#2f4a6b'), ornament('#2f4a6b')),
      at('rotate(-6 400 800)', face('#5a3a6b'), fig(352, 400, 0.85)),
      at('rotate(14 400 800)', face('#b5541f'), fox(400, 404)),
    ],
  },
};

function point(x: number, index: number): string {
  const colours = index % 2 ? ['#a8482f', '#5f6b3a'] : ['#5f6b3a', '#a8482f'];
  return path(`M${x} 224h44.3l-22 180Z`, colours[0]!) + path(`M${x} 646h44.3l-22 -180Z`, colours[1]!);
}

/** A camel that stands on (0, 0), about 240 wide and 190 high at the hump. */
function camel(colour: string): string {
  return (
    path(
      'M-104 0V-96Q-104 -140 -66 -142Q-40 -196 -4 -196Q34 -196 50 -140Q84 -136 92 -170V-206Q92 -226 112 -228L146 -224Q162 -218 156 -202L130 -194V-140Q124 -96 84 -92V0H48V-70H-66V0Z',
      colour,
    ) +
    path('M-66 -142Q-40 -196 -4 -196Q34 -196 50 -140Q-6 -118 -66 -142Z', shade(colour, 0.25)) +
    path('M48 0V-70H84V0ZM-104 0V-70H-66V0Z', shade(colour, -0.18)) +
    disc(122, -212, 5, '#2b2320') +
    line('M-104 -100q-16 10 -14 44', shade(colour, -0.18), 8)
  );
}

function face(ink: string): string {
  return (
    box(268, 196, [280, 410, 22], '#201810', 'opacity=".22"') +
    box(260, 188, [280, 410, 22], card) +
    box(278, 206, [244, 374, 12], 'none', `stroke="${ink}" stroke-width="4"`) +
    fig(306, 246, 0.42) +
    at('rotate(180 400 393)', fig(306, 246, 0.42))
  );
}

function fig(x: number, y: number, size: number): string {
  return at(
    `translate(${x} ${y}) scale(${size})`,
    path('M0 -66C8 -44 70 -10 68 34C66 68 30 80 0 80C-30 80 -66 68 -68 34C-70 -10 -8 -44 0 -66Z', '#5a3a6b'),
    path('M-6 -30C-24 -10 -36 10 -34 34', 'none', 'stroke="#9a76ae" stroke-width="7" stroke-linecap="round"'),
    line('M0 -64V-82', '#4d7a38', 9),
  );
}

function fox(x: number, y: number): string {
  return at(
    `translate(${x} ${y})`,
    path('M-92 -96L-40 -60H40L92 -96L84 10L0 110L-84 10Z', '#d9702f'),
    path('M-84 10L0 110L84 10L28 24L0 70L-28 24Z', '#f0dcc0'),
    path('M-80 -78L-48 -54L-76 -30ZM80 -78L48 -54L76 -30Z', '#3a2420'),
    disc(-34, -4, 9, '#241a1a'),
    disc(34, -4, 9, '#241a1a'),
    path('M-15 92H15L0 112Z', '#241a1a'),
  );
}

function ornament(ink: string): string {
  return times(3, (i) =>
    path(
      `M400 ${250 + i * 30}L${490 - i * 28} 393L400 ${536 - i * 30}L${310 + i * 28} 393Z`,
      'none',
      `stroke="${ink}" stroke-width="7"`,
    ),
  );
}
