/** Pictures of the craft books. */
import { book } from './book.ts';
import { at, box, disc, leaf, line, oval, type Pictures, path, times } from './canvas.ts';

export const craftBooks: Pictures = {
  'the-patient-loaf': {
    wall: '#7f9a8f',
    shadow: 220,
    shapes: book({
      cloth: '#e6c78f',
      ink: '#5a3218',
      title: ['The Patient', 'Loaf'],
      author: 'Ines Falkenrath',
      emblem: [
        path('M296 510C280 400 350 350 416 350C482 350 552 400 536 510Q416 560 296 510Z', '#a8642f'),
        path('M310 486C306 410 356 370 416 370C476 370 526 410 522 486Q416 524 310 486Z', '#c98545'),
        line('M360 400Q390 430 376 480M416 386Q446 430 430 492M470 398Q496 430 482 478', '#f3dcb4', 12),
        line('M300 572H532', '#5a3218', 4),
        times(5, (i) => at(`translate(${340 + i * 38} 604) rotate(70)`, leaf(40, '#a8822f'))),
      ],
    }),
  },
  'knots-for-ordinary-days': {
    wall: '#d8b07a',
    shadow: 220,
    shapes: book({
      cloth: '#27496b',
      ink: '#f1e4c4',
      title: ['Knots for', 'Ordinary', 'Days'],
      author: 'with a metre of cord',
      emblem: [
        line(
          'M290 570C360 560 520 520 510 440C500 370 400 380 392 450C384 530 470 590 546 560',
          '#1a3048',
          34,
        ),
        line(
          'M290 570C360 560 520 520 510 440C500 370 400 380 392 450C384 530 470 590 546 560',
          '#c8342f',
          24,
        ),
        line('M340 558C400 544 480 514 500 466', '#c8342f', 24),
        line(
          'M290 570C360 560 520 520 510 440C500 370 400 380 392 450C384 530 470 590 546 560',
          '#f08a7a',
          4,
          'stroke-dasharray="6 16"',
        ),
        line('M290 564V578M546 554V568', '#f1e4c4', 30),
        path('M214 600Q180 640 206 690L222 690Q204 640 230 606Z', '#c8342f'),
      ],
    }),
  },
  'the-menders-almanac': {
    wall: '#b9a0a8',
    shadow: 220,
    shapes: book({
      cloth: '#3f6b5c',
      ink: '#f0dfb4',
      title: ["The Mender's", 'Almanac'],
      author: 'a year of repairs',
      emblem: [
        at(
          'rotate(-5 416 450)',
          box(304, 350, [224, 220, 10], '#d8a24a'),
          box(318, 364, [196, 192, 6], 'none', 'stroke="#fbf0d6" stroke-width="6" stroke-dasharray="16 12"'),
        ),
        at(
          'rotate(-42 416 460)',
          box(296, 444, [220, 32, 14], '#eef0f0'),
          disc(524, 460, 44, '#eef0f0'),
          box(528, 444, [44, 32], '#d8a24a'),
          disc(300, 460, 26, '#eef0f0'),
          disc(300, 460, 11, '#d8a24a'),
        ),
        at(
          'rotate(44 416 460)',
          path('M280 460L530 447Q548 460 530 473Z', '#2c4e43'),
          oval(522, 460, [13, 5], '#d8a24a'),
        ),
        line('M492 536C560 560 540 610 470 596S330 590 300 610', '#c8342f', 7),
      ],
    }),
  },
  'small-plots-long-summers': {
    wall: '#a86f5a',
    shadow: 220,
    shapes: book({
      cloth: '#f0dfae',
      ink: '#3f6b3a',
      title: ['Small Plots,', 'Long Summers'],
      author: 'eleven real gardens',
      emblem: [
        disc(416, 430, 100, '#f2b13c'),
        at('translate(340 530) rotate(-24)', leaf(140, '#5f8f45')),
        at('translate(344 530) rotate(12)', leaf(170, '#4d7a38')),
        at('translate(482 530) rotate(-14)', leaf(130, '#79a957')),
        at('translate(486 530) rotate(28)', leaf(120, '#5f8f45')),
        disc(318, 420, 20, '#d1351f'),
        disc(372, 448, 22, '#d1351f'),
        disc(340, 470, 17, '#e0601f'),
        path('M290 524H396L382 600H304Z', '#b95f3c'),
        path('M436 524H534L520 600H450Z', '#c9784f'),
        box(284, 514, [118, 22, 4], '#a04f30'),
        box(430, 514, [110, 22, 4], '#b5673f'),
      ],
    }),
  },
};
