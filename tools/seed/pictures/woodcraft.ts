/** Pictures of a saw, a plane, a knife and a tool roll. */
import { at, box, disc, line, oval, type Pictures, path, shade, times } from './canvas.ts';

const steel = '#c3cacd';
const iron = '#3f464b';
const birch = '#dcb47a';
const tan = '#b9743c';

export const woodcraft: Pictures = {
  'whisper-pull-saw': {
    wall: '#a9b78f',
    shadow: 0,
    shapes: [
      path('M90 600H520V690H90Z', '#d9b27c'),
      path('M520 600L560 570V660L520 690Z', '#b98f5a'),
      path('M90 600L130 570H560L520 600Z', '#e9cb9c'),
      line('M110 630H500M120 660H430', '#c0955c', 4),
      at(
        'translate(330 560) rotate(-35)',
        box(190, -26, [270, 46, 20], '#8a5a34'),
        times(15, (i) => line(`M${204 + i * 17} -24l12 42`, '#d8b88a', 6)),
        path('M-160 -70L200 -34V24L-160 48Z', steel),
        path('M-160 -16L200 -6V24L-160 48Z', shade(steel, -0.16)),
        path(`M-160 48${'l8 10l8 -12'.repeat(21)}L190 26Z`, shade(steel, -0.16)),
        path(`M-160 -70${'l6 -7l6 8'.repeat(28)}Z`, steel),
        disc(170, -6, 7, '#5f686c'),
      ),
      times(6, (i) => disc(210 + i * 12, 700 + (i % 3) * 8, 5, '#e9cb9c')),
    ],
  },
  'little-jack-plane': {
    wall: '#c39a86',
    shadow: 0,
    shapes: [
      box(70, 610, [660, 100], '#d9b27c'),
      line('M90 640H700M110 676H640', '#c0955c', 5),
      line('M196 560C100 540 90 420 190 420S270 520 200 520S150 460 190 460', '#efd6a8', 20),
      line('M196 560C100 540 90 420 190 420S270 520 200 520S150 460 190 460', '#d9b27c', 3),
      path('M180 610V560Q186 530 230 530H620Q656 530 660 560V610Z', iron),
      path('M180 596H660V612H180Z', shade(iron, 0.4)),
      path('M260 540Q270 420 330 420Q390 420 396 540Z', '#7a3f26'),
      disc(328, 414, 38, '#8f4c2e'),
      oval(316, 402, [12, 8], '#c98a64'),
      path('M396 560L500 370L536 392L452 560Z', shade(steel, -0.06)),
      path('M420 540L512 378L536 392L452 560Z', shade(steel, -0.26)),
      path('M440 480L560 420Q610 410 606 460L590 540H430Z', shade(iron, 0.14)),
      disc(520, 480, 30, '#d8b15c'),
      disc(520, 480, 13, shade('#d8b15c', -0.3)),
      disc(618, 556, 17, '#d8b15c'),
      line('M240 570H400', shade(iron, 0.3), 6),
    ],
  },
  'first-whittling-knife': {
    wall: '#7f9aa8',
    shadow: 0,
    shapes: [
      at(
        'translate(300 400) rotate(-28)',
        path('M150 -44L330 -44Q400 -40 420 20Q330 44 150 40Z', steel),
        path('M150 14L410 6Q416 14 420 20Q330 44 150 40Z', '#eef2f3'),
        path('M-170 -50C-120 -76 100 -70 160 -50V44C100 66 -120 70 -170 44Q-196 0 -170 -50Z', birch),
        path('M-170 20C-60 44 80 40 160 16V44C100 66 -120 70 -170 44Z', shade(birch, -0.2)),
        line('M-130 -30C-60 -48 40 -44 120 -32M-120 4C-40 -8 40 -4 110 4', shade(birch, -0.22), 5),
        disc(-138, 0, 10, '#5a3f26'),
        box(140, -54, [24, 102, 6], '#8f979c'),
      ),
      path(
        'M430 690C420 620 470 600 530 606C560 560 620 560 632 600L672 614L636 630C630 680 580 690 540 690Z',
        '#e3c08a',
      ),
      path('M430 690C470 650 520 640 560 650C540 680 520 690 500 690Z', shade('#e3c08a', -0.2)),
      disc(606, 604, 6, '#3a2a1c'),
      times(3, (i) =>
        line(`M${200 + i * 66} ${690 + (i % 2) * 16}c-24 -20 0 -44 20 -26s0 34 -14 22`, '#efd6a8', 8),
      ),
    ],
  },
  'saddlers-tool-roll': {
    wall: '#8fa89f',
    shadow: 0,
    shapes: [
      tool(200, '#8a5230', 150),
      tool(286, '#c98a45', 120),
      tool(372, '#3f464b', 170),
      tool(458, '#a3402f', 130),
      tool(544, '#d8b15c', 160),
      path('M120 420H600V690H120Z', tan),
      path('M600 420Q690 420 690 470V660Q690 690 640 690H600Z', shade(tan, -0.25)),
      path(
        'M640 440Q690 440 690 480V650Q690 676 650 676Q624 640 626 556Q624 470 640 440Z',
        shade(tan, -0.42),
      ),
      line('M668 470Q644 556 670 646', shade(tan, -0.1), 6),
      times(6, (i) => line(`M${156 + i * 86} 436V676`, '#f3dcb4', 4, 'stroke-dasharray="12 9"')),
      line('M130 436H592M130 676H592', '#f3dcb4', 4, 'stroke-dasharray="12 9"'),
      box(120, 520, [480, 26], shade(tan, -0.18)),
      line('M120 533H40Q70 590 20 640', '#7a4a26', 10),
    ],
  },
};

function tool(x: number, handle: string, length: number): string {
  return (
    path(
      `M${x - 18} 440V${420 - length}Q${x - 26} ${360 - length} ${x} ${350 - length}Q${x + 26} ${360 - length} ${x + 18} ${420 - length}V440Z`,
      handle,
    ) +
    path(
      `M${x + 4} 440V${352 - length}Q${x + 26} ${360 - length} ${x + 18} ${420 - length}V440Z`,
      shade(handle, -0.2),
    ) +
    box(x - 20, 440 - length * 0.46, [40, 16, 3], '#e0c27a') +
    box(x - 9, 440 - length * 0.36, [18, length * 0.4], '#c3cacd')
  );
}
