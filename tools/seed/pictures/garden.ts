/** Pictures of things for the garden. */
import { at, box, disc, leaf, line, oval, type Pictures, path, scatter, shade, times } from './canvas.ts';

const copper = '#c0703f';
const steel = '#aab2b6';
const clay = '#c06a45';
const larch = '#c08a52';

export const garden: Pictures = {
  'long-reach-watering-can': {
    wall: '#8fb08a',
    shadow: 200,
    shapes: [
      line('M480 360C650 260 690 560 520 600', shade(copper, -0.2), 22),
      path('M300 600L110 300L138 282L330 480Z', shade(copper, -0.12)),
      at(
        'translate(118 290) rotate(-32)',
        path('M-22 10L-54 -34H54L22 10Z', shade(copper, 0.16)),
        oval(0, -36, [56, 13], shade(copper, -0.35)),
        times(5, (i) => disc(-36 + i * 18, -36, 4, '#f3dcb4')),
      ),
      times(5, (i) =>
        line(`M${50 + i * 17} ${300 + i * 3 + (i % 2) * 24}l-14 60`, '#e8f4f6', 6, 'stroke-dasharray="3 16"'),
      ),
      path('M270 400H530L548 690H252Z', copper),
      path('M450 400H530L548 690H470Z', shade(copper, -0.2)),
      oval(400, 400, [130, 26], shade(copper, -0.45)),
      path('M270 400A130 26 0 0 1 420 375L430 400Z', shade(copper, 0.14)),
      line('M262 520H538', shade(copper, 0.2), 9),
      line('M310 440L300 650', shade(copper, 0.4), 10),
      line('M310 380C310 260 490 260 490 380', shade(copper, -0.2), 20),
    ],
  },
  'potting-trowel': {
    wall: '#c8b07f',
    shadow: 0,
    shapes: [
      path('M150 720Q200 620 320 626Q420 600 500 640Q620 640 660 720Z', '#5a4030'),
      at(
        'translate(400 640) rotate(18)',
        path('M-74 -250Q-84 -90 0 10Q84 -90 74 -250Q0 -290 -74 -250Z', steel),
        path('M0 -268Q74 -276 74 -250Q84 -90 0 10Z', shade(steel, -0.18)),
        line('M-40 -196H-12M-40 -150H-18M-36 -104H-18', '#5f686c', 5),
        path('M-20 -260Q-14 -320 -12 -340H12Q14 -320 20 -260Z', shade(steel, -0.3)),
        box(-22, -362, [44, 30, 5], '#d8b15c'),
        path(
          'M-24 -360C-44 -420 -24 -460 -26 -500C-26 -540 26 -540 26 -500C24 -460 44 -420 24 -360Z',
          '#d9a866',
        ),
        line('M-10 -380C-20 -430 -6 -470 -10 -506', '#b5834a', 5),
        line('M0 -522C60 -590 80 -480 20 -500', '#6f8f3f', 8),
      ),
      path('M150 720Q220 664 330 680Q420 660 500 684Q600 676 660 720Z', '#6f5040'),
      at('translate(214 664) rotate(-10)', leaf(90, '#6fa347'), at('rotate(40)', leaf(70, '#86b85c'))),
      scatter(12, [210, 676, 400, 36], (x, y) => disc(x, y, 5, '#93705a')),
    ],
  },
  'bee-meadow-seeds': {
    wall: '#7fb3c9',
    shadow: 170,
    shapes: [
      path('M240 190H560V690H240Z', '#f6ecd2'),
      path('M240 190H560V240H240Z', '#e3a53a'),
      line('M240 216H560', '#b97f1f', 4, 'stroke-dasharray="12 10"'),
      path('M240 560Q320 520 400 556T560 540V690H240Z', '#8fbf6a'),
      line('M300 600V430M360 620V380M440 610V410M506 600V450M404 620V500', '#4d7a38', 8),
      times(6, (i) => at(`translate(360 372) rotate(${i * 60})`, oval(0, -26, [13, 24], '#3f6fc0'))) +
        disc(360, 372, 13, '#27407a'),
      times(5, (i) => at(`translate(440 402) rotate(${i * 72})`, oval(0, -28, [22, 28], '#d63a2f'))) +
        disc(440, 402, 15, '#241a1a'),
      times(9, (i) => at(`translate(300 424) rotate(${i * 40})`, oval(0, -26, [8, 20], '#ffffff'))) +
        disc(300, 424, 14, '#f2b13c'),
      times(6, (i) => at(`translate(506 446) rotate(${i * 60})`, oval(0, -24, [12, 20], '#8a5bb5'))) +
        disc(506, 446, 11, '#f2c14e'),
      at('translate(406 620) rotate(24)', leaf(80, '#5f8f45')),
      at('translate(330 616) rotate(-30)', leaf(70, '#5f8f45')),
      at(
        'translate(446 304) rotate(-14)',
        oval(-12, -26, [17, 28], '#ffffff', 'opacity=".85"'),
        oval(16, -26, [17, 28], '#ffffff', 'opacity=".85"'),
        oval(0, 0, [42, 27], '#f2b13c'),
        line('M-10 -24V24M12 -25V25', '#2a211b', 11),
        disc(36, -4, 14, '#2a211b'),
      ),
      line('M300 290q30 -40 56 0t44 10', '#8a8370', 4, 'stroke-dasharray="2 11"'),
      scatter(9, [580, 684, 110, 36], (x, y) => oval(x, y, [9, 6], '#5a4030')),
    ],
  },
  'impruneta-pots': {
    wall: '#9fb7a0',
    shadow: 280,
    shapes: [
      pot(300, 250, 1.18),
      pot(540, 384, 0.86),
      pot(180, 470, 0.62),
      at('translate(540 384) rotate(-16)', leaf(130, '#5f8f45')),
      at('translate(544 386) rotate(14)', leaf(160, '#79a957')),
      at('translate(550 388) rotate(44)', leaf(110, '#4d7a38')),
    ],
  },
  'swift-nest-box': {
    wall: '#b9cbd6',
    shadow: 0,
    shapes: [
      path('M0 800V120L60 90V800Z', '#a8806a'),
      box(170, 330, [470, 250, 8], larch),
      path('M600 330H640V580H600Z', shade(larch, -0.2)),
      path('M140 340L190 270H640L680 340Z', shade(larch, -0.38)),
      line('M184 402H590M184 474H590M184 540H590', shade(larch, -0.2), 5),
      box(420, 524, [130, 36, 18], '#2a1c14'),
      disc(196, 360, 7, '#7d5a34'),
      disc(196, 556, 7, '#7d5a34'),
      disc(576, 360, 7, '#7d5a34'),
      path('M60 360H170V400H60ZM60 510H170V550H60Z', shade(larch, -0.3)),
      path('M464 556Q470 520 500 524Q520 530 510 556Z', '#3a3430'),
      disc(500, 536, 4, '#ffffff'),
      at('translate(440 200) rotate(-12)', swift()),
      at('translate(210 690) rotate(10) scale(.62)', swift()),
      at('translate(640 160) rotate(-30) scale(.5)', swift()),
    ],
  },
};

function pot(x: number, top: number, size: number): string {
  const height = 690 - top;
  const wide = Math.round(150 * size);
  const rim = Math.round(52 * size);
  return [
    path(
      `M${x - wide} ${top + rim}H${x + wide}L${x + wide * 0.64} ${top + height}H${x - wide * 0.64}Z`,
      clay,
    ),
    path(
      `M${x + wide * 0.5} ${top + rim}H${x + wide}L${x + wide * 0.64} ${top + height}H${x + wide * 0.34}Z`,
      shade(clay, -0.18),
    ),
    box(x - wide - 14, top, [wide * 2 + 28, rim, 12], shade(clay, 0.16)),
    path(
      `M${x + wide * 0.5} ${top}H${x + wide + 4}Q${x + wide + 14} ${top} ${x + wide + 14} ${top + rim}H${x + wide * 0.5}Z`,
      shade(clay, -0.02),
    ),
    line(
      `M${x - wide * 0.82} ${top + height * 0.52}q${wide * 0.41} 34 ${wide * 0.82} 0t${wide * 0.82} 0`,
      shade(clay, 0.3),
      8,
    ),
  ].join('');
}

function swift(): string {
  return (
    path(
      'M0 0C-60 -30 -120 -30 -180 20C-120 0 -60 10 -24 22L-30 70L0 44L30 70L24 22C60 10 120 0 180 20C120 -30 60 -30 0 0Z',
      '#33302e',
    ) +
    oval(0, 4, [16, 30], '#33302e') +
    oval(0, -18, [4, 5], '#d9d2c6')
  );
}
