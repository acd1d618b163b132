/** Pictures of things for the trail. */
import { at, box, disc, flame, line, oval, type Pictures, path, shade, steam, times } from './canvas.ts';

const olive = '#6b6f3c';
const strap = '#8a5230';
const brass = '#c8973a';
const silver = '#b9c0c4';
const nylon = '#c8402f';

export const camp: Pictures = {
  'drover-rucksack': {
    wall: '#c9a878',
    shadow: 210,
    shapes: [
      line('M350 200C350 130 450 130 450 200', strap, 20),
      path(
        'M200 690Q168 690 168 640V520Q168 480 220 480V690ZM600 690Q632 690 632 640V520Q632 480 580 480V690Z',
        shade(olive, -0.2),
      ),
      path('M160 500Q190 466 224 486V520H160ZM640 500Q610 466 576 486V520H640Z', shade(olive, -0.38)),
      path('M216 690V330Q216 200 400 200Q584 200 584 330V650Q584 690 544 690Z', olive),
      path('M216 640H584V650Q584 690 544 690H256Q216 690 216 650Z', shade(olive, -0.35)),
      box(264, 500, [272, 150, 18], shade(olive, 0.14)),
      path('M264 530Q264 500 290 500H510Q536 500 536 530Z', shade(olive, -0.12)),
      path(
        'M206 340Q206 186 400 186Q594 186 594 340V430Q594 462 560 462H240Q206 462 206 430Z',
        shade(olive, 0.1),
      ),
      path('M500 204Q594 236 594 340V430Q594 462 560 462H510Q540 330 500 204Z', shade(olive, -0.1)),
      buckle(300),
      buckle(472),
      box(366, 256, [68, 50, 6], strap),
      path('M376 296L394 268L404 284L412 274L424 296Z', '#e9d3a0'),
    ],
  },
  'pathfinder-compass': {
    wall: '#56707f',
    shadow: 0,
    shapes: [
      line('M400 150C300 20 180 120 120 60', '#7a3f2a', 12),
      disc(400, 150, 40, 'none', `stroke="${shade(brass, -0.2)}" stroke-width="16"`),
      box(372, 176, [56, 60, 10], shade(brass, -0.15)),
      disc(400, 450, 250, shade(brass, -0.25)),
      disc(400, 450, 242, 'none', `stroke="${brass}" stroke-width="16" stroke-dasharray="9 16"`),
      disc(400, 446, 232, brass),
      disc(400, 446, 192, '#fbf4e0'),
      disc(400, 446, 182, 'none', 'stroke="#5a4a32" stroke-width="12" stroke-dasharray="3 28.77"'),
      times(4, (i) =>
        at(
          `rotate(${i * 90} 400 446)`,
          path('M400 310L422 424L400 446Z', '#8f9a9c'),
          path('M400 310L378 424L400 446Z', '#c6cfd0'),
        ),
      ),
      '<g font-family="Georgia,serif" font-size="46" text-anchor="middle" fill="#33434f"><text x="400" y="302">N</text><text x="400" y="624">S</text><text x="558" y="462">E</text><text x="242" y="462">W</text></g>',
      at(
        'rotate(32 400 446)',
        path('M400 286L424 446H376Z', '#c8342f'),
        path('M400 606L424 446H376Z', '#33434f'),
      ),
      disc(400, 446, 17, brass),
      path(
        'M262 340A180 180 0 0 1 370 270',
        'none',
        'stroke="#fff" stroke-width="14" stroke-linecap="round" opacity=".7"',
      ),
    ],
  },
  'gale-kettle': {
    wall: '#8aa276',
    shadow: 180,
    shapes: [
      steam(420, 200, '#eef2ee'),
      flame(400, 262, 76),
      path('M262 610L340 290Q344 260 360 250H440Q456 260 460 290L538 610Z', silver),
      path('M430 250H440Q456 260 460 290L538 610H468Q470 420 430 250Z', shade(silver, -0.2)),
      line('M352 330C250 330 220 450 286 540', '#5a4a3a', 12),
      path('M476 360L566 300L586 330L488 420Z', shade(silver, -0.12)),
      at('translate(576 314) rotate(-34)', box(-12, -22, [44, 44, 8], '#b98a5a')),
      line('M586 340q30 40 -60 90', '#8f979c', 4),
      box(346, 240, [108, 22, 11], shade(silver, -0.3)),
      line('M320 480H480M304 540H496', shade(silver, -0.14), 6),
      path('M236 610H564L540 690H260Z', shade(silver, -0.3)),
      path('M352 690V660Q352 630 400 630Q448 630 448 660V690Z', '#2b1d16'),
      flame(382, 690, 44),
      flame(414, 690, 54),
      line('M350 692L470 660M330 660L300 700', '#6b4a2f', 12),
    ],
  },
  'siesta-hammock': {
    wall: '#7fb0a0',
    shadow: 0,
    shapes: [
      path('M96 760V180L140 150L160 760ZM704 760V180L660 150L640 760Z', '#7a5236'),
      line('M124 320Q150 316 190 352M676 320Q650 316 610 352', '#e9dcc0', 10),
      times(7, (i) =>
        line(`M190 352L${230 + i * 6} ${404 + i * 14}M610 352L${570 - i * 6} ${404 + i * 14}`, '#e9dcc0', 4),
      ),
      at('rotate(22 330 470)', box(276, 430, [120, 76, 34], '#2f6c6a'), line('M300 450v40', '#5f9a94', 8)),
      times(14, (i) =>
        line(
          `M${278 + i * 18.8} ${Math.round(536 + 380 * ((i + 0.7) / 14.4) * (1 - (i + 0.7) / 14.4))}v44`,
          i % 2 ? '#c86a1f' : '#fbf0d6',
          7,
        ),
      ),
      path('M228 400Q400 660 572 400Q570 480 536 530Q400 720 264 530Q230 480 228 400Z', '#e8812f'),
      line('M234 430Q400 676 566 430', '#fbf0d6', 16),
      line('M242 462Q400 690 558 462', '#d6347a', 7),
      line('M252 490Q400 700 548 490', '#fbf0d6', 12),
      line('M262 520Q400 706 538 520', '#f2b13c', 12),
    ],
  },
  'two-ridge-tent': {
    wall: '#3f5a7a',
    shadow: 0,
    shapes: [
      disc(560, 200, 40, '#f7ecc8'),
      path('M90 690L230 440L330 560L430 400L600 690Z', '#5f7f8a', 'opacity=".6"'),
      line('M200 400L90 700M600 420L720 700', '#efe6d2', 5),
      path('M120 690C170 500 260 360 330 320C450 300 560 330 600 400C650 500 670 600 690 690Z', nylon),
      path(
        'M330 320C450 300 560 330 600 400C650 500 670 600 690 690H470Q440 480 330 320Z',
        shade(nylon, -0.22),
      ),
      path('M330 320Q260 500 216 690H430Q400 480 330 320Z', '#f2c14e'),
      path('M330 380Q286 540 262 690H376Q362 520 330 380Z', '#3a2320'),
      path('M330 380Q350 540 404 690H376Q362 520 330 380Z', '#fbe3a0'),
      line(
        'M330 320Q200 440 120 690M330 320Q440 460 470 690M600 400Q660 520 690 690',
        shade(nylon, -0.45),
        8,
      ),
      path('M524 440Q560 430 584 470L596 520H540Z', shade(nylon, 0.2)),
      oval(290, 704, [24, 10], '#5a3a26'),
      oval(346, 706, [24, 10], '#5a3a26'),
    ],
  },
};

function buckle(x: number): string {
  return (
    box(x, 420, [28, 150, 4], strap) + box(x - 8, 478, [44, 36, 6], brass) + box(x + 3, 488, [22, 16], strap)
  );
}
