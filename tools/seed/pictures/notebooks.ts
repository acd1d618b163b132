/** Pictures of notebooks, journals and a sketchbook. */
import { at, box, disc, line, type Pictures, path, shade, times } from './canvas.ts';

const green = '#2f5d48';
const leather = '#6d1f26';
const combs = ['#1f4f7a', '#d9584a', '#e9b44c', '#2f8a7d', '#f4ead2', '#7a3f6b'];

export const notebooks: Pictures = {
  'surveyors-field-book': {
    wall: '#d8b98a',
    shadow: 190,
    shapes: [
      path('M470 680L486 740L500 716L518 736L506 676Z', '#b8392f'),
      box(262, 150, [290, 546, 14], '#e9e2cf'),
      box(248, 144, [290, 546, 16], green),
      box(248, 144, [44, 546, 16], shade(green, -0.28)),
      box(480, 144, [22, 546], '#1b1f1c'),
      box(318, 210, [136, 90, 6], '#f4ead2'),
      line('M336 240H436M336 268H410', '#8a8370', 6),
      path(
        'M318 560L360 470L392 520L416 484L454 560Z',
        'none',
        'stroke="#c8b26a" stroke-width="7" stroke-linejoin="round"',
      ),
      line('M318 588H454', '#c8b26a', 7),
      at(
        'translate(600 690) rotate(8)',
        path('M-16 0V-380H16V0Z', '#e3a53a'),
        path('M-16 -380L0 -430L16 -380Z', '#c99a62'),
        path('M-6 -412L0 -430L6 -412Z', '#2a2a2a'),
        box(-16, -40, [32, 40, 4], '#d98a86'),
      ),
    ],
  },
  'marbled-journal': {
    wall: '#8c9fb5',
    shadow: 210,
    shapes: [
      box(222, 182, [370, 506, 10], '#efe4c8'),
      '<clipPath id="cover"><path d="M250 170H574V684H250Z"/></clipPath>',
      `<g clip-path="url(#cover)">${box(250, 170, [330, 520], combs[0]!)}${times(12, (i) => comb(i))}</g>`,
      box(206, 166, [82, 524, 10], leather),
      times(4, (i) => box(206, 226 + i * 122, [82, 16], shade(leather, 0.2))),
      path('M514 170H584V240Z', leather),
      path('M514 690H584V620Z', leather),
      line('M292 172V684', shade(leather, -0.4), 6),
    ],
  },
  'open-air-sketchbook': {
    wall: '#8fae7b',
    shadow: 230,
    shapes: [
      box(190, 196, [420, 494, 10], '#26262a'),
      box(206, 210, [388, 470, 4], '#fbf7ea'),
      disc(500, 340, 36, 'none', 'stroke="#e3a53a" stroke-width="8"'),
      path('M216 560Q300 400 390 500Q450 380 586 540V672H216Z', '#cfd8c4'),
      line('M216 556Q300 400 390 500Q450 380 586 540', '#3a3a3e', 6),
      line('M240 620Q360 570 470 640T580 610M240 650Q340 620 400 660', '#5a5a60', 6),
      line('M330 470l24 40M352 462l24 40M470 450l20 44M492 452l20 44', '#8a8a90', 4),
      times(15, (i) => box(214 + i * 26, 176, [10, 52, 5], '#9aa0a6')),
      at(
        'translate(640 690) rotate(-62)',
        box(0, -30, [150, 26, 6], '#2b2b2e'),
        box(90, -30, [60, 26, 6], '#b0a48c'),
      ),
    ],
  },
  'pocket-cahier-trio': {
    wall: '#a7bcc4',
    shadow: 250,
    shapes: [
      at('rotate(-22 400 720)', cahier('#55636f')),
      at('rotate(-2 400 720)', cahier('#a8482f')),
      at('rotate(18 400 720)', cahier('#d39a34')),
    ],
  },
};

function comb(row: number): string {
  const y = 172 + row * 46;
  const waves = 'q20 44 40 0t40 0t40 0t40 0t40 0t40 0t40 0t40 0t40 0';
  return (
    line(`M${240 - (row % 2) * 20} ${y}${waves}`, combs[(row + 1) % 6]!, 24) +
    line(`M${240 - (row % 2) * 20} ${y + 14}${waves}`, combs[(row + 4) % 6]!, 6)
  );
}

function cahier(colour: string): string {
  return [
    box(292, 246, [264, 420, 26], '#efe6d2'),
    box(282, 240, [264, 420, 26], colour),
    box(282, 240, [30, 420, 15], shade(colour, -0.22)),
    line('M297 340v44M297 516v44', '#d89a5b', 8),
    line('M350 330H500', shade(colour, 0.6), 7),
    line('M350 362H450', shade(colour, 0.35), 4),
  ].join('');
}
