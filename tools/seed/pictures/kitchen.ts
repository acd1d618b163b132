/** Pictures of pots, pans, boards and cups. */
import { at, box, disc, line, oval, type Pictures, path, scatter, shade, steam, times } from './canvas.ts';

const olive = '#c4935a';
const copper = '#c96f3f';
const clay = '#b95f3c';
const granite = '#8d9195';
const jade = '#9dbfa5';

export const kitchen: Pictures = {
  'olive-wood-board': {
    wall: '#6f8a5c',
    shadow: 170,
    shapes: [
      at(
        'rotate(7 400 690)',
        path('M372 150Q400 120 428 150L436 300H364Z', olive),
        box(248, 280, [304, 408, 56], shade(olive, -0.3)),
        box(240, 276, [304, 408, 56], olive),
        disc(400, 182, 17, '#4f6641'),
        line('M300 300C270 400 340 470 300 670', shade(olive, -0.28), 8),
        line('M350 290C330 380 420 430 380 520S400 640 390 676', shade(olive, -0.22), 7),
        line('M470 300C520 400 440 500 490 670', shade(olive, -0.28), 8),
        oval(426, 420, [26, 46], shade(olive, -0.28)),
        oval(426, 420, [13, 26], shade(olive, -0.45)),
      ),
      path('M470 690Q466 566 580 560Q694 566 690 690Z', '#a8642f'),
      path('M484 690Q484 580 580 576Q676 580 676 690Z', '#e9c58c'),
      times(6, (i) => oval(520 + (i % 3) * 52, 624 + Math.floor(i / 3) * 38, [9, 6], '#cfa264')),
    ],
  },
  'carbon-steel-skillet': {
    wall: '#c98f4e',
    shadow: 0,
    shapes: [
      at(
        'rotate(-42 380 460)',
        path('M560 436L790 424Q816 460 790 496L560 484Z', '#2c2f33'),
        disc(772, 460, 11, '#a3703a'),
        disc(598, 460, 8, '#777d83'),
      ),
      disc(380, 470, 226, '#24272b'),
      disc(372, 462, 220, '#3a3f45'),
      disc(376, 466, 186, '#2b2f34'),
      line('M232 388A164 164 0 0 1 330 306', '#6b727a', 9),
      path(
        'M280 470C258 392 340 352 400 380C470 350 520 410 490 470C520 540 440 580 390 552C330 586 262 540 280 470Z',
        '#fdfaf0',
      ),
      disc(392, 466, 54, '#f4ae2c'),
      oval(374, 446, [17, 11], '#fbd680'),
    ],
  },
  'copper-cezve': {
    wall: '#2f6c6a',
    shadow: 190,
    shapes: [
      steam(370, 340),
      line('M470 420L716 318', '#d8b15c', 28),
      line('M640 350L716 318', '#5a3a26', 30),
      path('M230 690Q180 560 290 470L282 400H458L450 470Q560 560 510 690Z', copper),
      path('M400 470L410 400H458L450 470Q560 560 510 690H440Q500 570 400 470Z', shade(copper, -0.24)),
      path('M238 372Q262 408 282 410H458L476 380Z', shade(copper, 0.22)),
      oval(362, 384, [112, 20], '#2d1a10'),
      oval(362, 380, [92, 11], '#8a5a33'),
      times(15, (i) =>
        oval(
          278 + (i % 5) * 38 + (i % 2) * 8,
          536 + Math.floor(i / 5) * 48,
          [12, 8],
          shade(copper, 0.3),
          'opacity=".6"',
        ),
      ),
      box(224, 676, [292, 14, 7], shade(copper, -0.35)),
    ],
  },
  'terracotta-tagine': {
    wall: '#d9b25f',
    shadow: 250,
    shapes: [
      path('M206 606C330 560 366 400 374 270H426C434 400 470 560 594 606Z', clay),
      path('M426 270C434 400 470 560 594 606H470C420 520 410 380 400 270Z', shade(clay, -0.18)),
      path('M348 240Q400 190 452 240Q440 286 400 286Q360 286 348 240Z', shade(clay, 0.14)),
      line('M330 486L353 460L376 486L400 460L424 486L447 460L470 486', '#f3dcb4', 9),
      line('M290 556Q400 584 510 556', '#2f5d73', 10),
      box(176, 596, [448, 30, 15], shade(clay, 0.14)),
      path('M190 624H610L560 690H240Z', shade(clay, -0.08)),
      times(9, (i) => disc(236 + i * 41, 648, 8, '#f3dcb4')),
    ],
  },
  'granite-mortar': {
    wall: '#8fa86b',
    shadow: 190,
    shapes: [
      at(
        'rotate(24 460 460)',
        box(436, 160, [54, 330, 27], shade(granite, -0.1)),
        oval(463, 182, [30, 34], shade(granite, 0.12)),
      ),
      oval(400, 456, [190, 44], shade(granite, -0.5)),
      path('M330 462C360 420 440 420 470 462Z', '#5c8a3c'),
      at('translate(350 446) rotate(-40)', path('M0 0C22 -20 22 -58 0 -84C-22 -58 -22 -20 0 0Z', '#6fa347')),
      path(
        'M210 456C210 500 590 500 590 456C590 580 540 640 486 656L510 690H290L314 656C260 640 210 580 210 456Z',
        granite,
      ),
      path('M590 456C590 580 540 640 486 656L510 690H440Q540 600 530 480Z', shade(granite, -0.2)),
      scatter(34, [276, 512, 250, 130], (x, y, i) => disc(x, y, 3 + (i % 3), i % 2 ? '#5f6468' : '#c6cacd')),
    ],
  },
  'celadon-teapot': {
    wall: '#b5654f',
    shadow: 190,
    shapes: [
      line('M540 450C690 400 690 640 530 630', shade(jade, -0.18), 28),
      path('M258 560C180 550 190 440 120 410L150 384C240 400 250 460 300 470Z', shade(jade, -0.1)),
      oval(400, 545, [190, 145], jade),
      path('M470 411A190 145 0 0 1 470 679Q560 545 470 411Z', shade(jade, -0.16)),
      oval(340, 490, [46, 30], '#ffffff', 'opacity=".45"'),
      oval(400, 412, [104, 24], shade(jade, -0.25)),
      path('M302 408Q310 346 400 342Q490 346 498 408Q400 436 302 408Z', shade(jade, 0.12)),
      disc(400, 326, 25, shade(jade, -0.1)),
      line('M300 590l40 -26l20 40l46 -30l30 44M440 480l34 30l50 -14', shade(jade, -0.3), 3, 'opacity=".7"'),
      box(316, 672, [168, 18, 6], shade(jade, -0.35)),
    ],
  },
  'salt-glaze-mug': {
    wall: '#e0a07a',
    shadow: 170,
    shapes: [
      steam(380, 370),
      line('M510 460C650 440 650 640 508 626', '#33567f', 34),
      path('M246 396H534V650Q534 690 490 690H290Q246 690 246 650Z', '#d8c3a0'),
      path(
        'M246 396H534V590C510 620 490 560 466 596S420 560 392 600S340 560 312 596S270 566 246 590Z',
        '#33567f',
      ),
      path('M470 396H534V650Q534 690 490 690H462Z', '#201810', 'opacity=".16"'),
      oval(390, 398, [144, 30], '#26405f'),
      oval(390, 404, [120, 20], '#6a4024'),
      scatter(22, [262, 446, 250, 124], (x, y, i) => disc(x, y, 3 + (i % 3), '#8fb0d6')),
    ],
  },
};
