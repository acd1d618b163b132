/** Pictures of the novels, tales, poems and the picture book. */
import { book } from './book.ts';
import { at, box, disc, flame, line, oval, type Pictures, path, scatter, times } from './canvas.ts';

const coral = '#f07f62';

export const stories: Pictures = {
  'the-lamplighters-atlas': {
    wall: '#c9a06a',
    shadow: 220,
    shapes: book({
      cloth: '#1f2b47',
      ink: '#f2cf7a',
      title: ['The', "Lamplighter's", 'Atlas'],
      author: 'Odile Varga',
      emblem: [
        disc(480, 440, 96, '#f2cf7a', 'opacity=".2"'),
        path('M270 610V540H300V500H330V550H352V480H384V610ZM520 610V560H562V610Z', '#31426b'),
        box(310, 520, [10, 14], '#f2cf7a'),
        box(364, 510, [10, 14], '#f2cf7a'),
        line('M480 610V480', '#0f1626', 14),
        path('M444 400H516L504 486H456Z', '#fbe7b0'),
        path('M436 400L480 356L524 400Z', '#0f1626'),
        flame(480, 482, 60),
        line('M290 460l14 -20l24 12l30 -30', '#f2cf7a', 4, 'stroke-dasharray="2 10"'),
        line('M272 610H560', '#0f1626', 8),
      ],
    }),
  },
  'nine-doors-of-the-medina': {
    wall: '#8fb0b5',
    shadow: 220,
    shapes: book({
      cloth: '#f0e2c6',
      ink: '#8a3a22',
      title: ['Nine Doors', 'of the Medina'],
      author: 'Samira Benhaddou',
      emblem: [
        times(9, (i) =>
          door(
            290 + (i % 3) * 90,
            300 + Math.floor(i / 3) * 104,
            ['#1f5f8a', '#c8742f', '#2f7d5f', '#8a3a22', '#d9a441', '#5b4a8a'][(i * 5) % 6]!,
          ),
        ),
      ],
    }),
  },
  'tides-we-kept': {
    wall: '#d9c9a6',
    shadow: 220,
    shapes: book({
      cloth: '#5f97a3',
      ink: '#f7f3e4',
      title: ['Tides', 'We Kept'],
      author: 'Rhona MacAskill',
      emblem: [
        disc(500, 330, 40, '#f7f3e4'),
        path('M366 470C360 400 400 372 430 380C460 388 462 420 486 440L520 470Z', '#33434f'),
        disc(416, 406, 6, '#f7f3e4'),
        path('M430 420l26 -6M430 428l26 4', 'none', 'stroke="#f7f3e4" stroke-width="3"'),
        times(4, (i) =>
          line(
            `M272 ${484 + i * 34}q24 -26 48 0t48 0t48 0t48 0t48 0t48 0`,
            ['#f7f3e4', '#b9d6da', '#2f6475', '#f7f3e4'][i]!,
            12,
          ),
        ),
      ],
    }),
  },
  'octopus-moves-house': {
    wall: '#f0c98a',
    shadow: 220,
    shapes: book({
      cloth: '#1f7f86',
      ink: '#fdf2d6',
      title: ['Octopus', 'Moves House'],
      author: 'a picture book',
      emblem: [
        line('M370 480C300 480 290 420 320 380M462 480C530 480 546 430 516 384', coral, 22),
        line(
          'M380 500C320 520 300 560 330 590M452 500C520 520 530 566 500 596M400 510C370 550 380 590 360 610M432 510C462 550 452 590 474 612',
          coral,
          22,
        ),
        oval(416, 440, [76, 84], coral),
        disc(390, 440, 17, '#ffffff'),
        disc(442, 440, 17, '#ffffff'),
        disc(393, 444, 8, '#1c2a33'),
        disc(439, 444, 8, '#1c2a33'),
        line('M398 482Q416 496 434 482', '#1c2a33', 5),
        line('M320 392V330', '#4a2f1c', 6),
        path('M268 336Q320 268 372 336Z', '#f2c14e'),
        path('M484 340H548V372Q548 390 516 390Q484 390 484 372Z', '#fdf2d6'),
        line('M548 350q20 8 0 24', '#fdf2d6', 6),
      ],
    }),
  },
  'the-clockmakers-goose': {
    wall: '#7f8fa8',
    shadow: 220,
    shapes: book({
      cloth: '#8a3440',
      ink: '#f2dfb0',
      title: ['The', "Clockmaker's", 'Goose'],
      author: 'thirty tales',
      emblem: [
        path(
          'M300 520C300 470 350 450 420 460C470 466 470 420 462 390C456 356 490 340 512 358L546 376L512 384C520 440 530 560 440 580C370 594 300 580 300 520Z',
          '#fbf4e0',
        ),
        path('M300 516L268 480L318 490Z', '#fbf4e0'),
        path('M512 358L550 376L512 386Z', '#e8933c'),
        disc(496, 370, 6, '#241a1a'),
        disc(398, 522, 47, '#d8b15c'),
        disc(398, 522, 38, '#fffaf0'),
        times(12, (i) => at(`rotate(${i * 30} 398 522)`, box(396, 488, [4, 9], '#5a2028'))),
        line('M398 522V498M398 522L416 532', '#5a2028', 5),
        line('M390 584L384 610M430 582L432 610', '#e8933c', 9),
        scatter(7, [284, 320, 130, 100], (x, y) =>
          at(`translate(${x} ${y})`, path('M0 -8L2 -2L8 0L2 2L0 8L-2 2L-8 0L-2 -2Z', '#f2dfb0')),
        ),
      ],
    }),
  },
};

function door(x: number, y: number, colour: string): string {
  return (
    path(
      `M${x} ${y + 92}V${y + 34}Q${x} ${y + 14} ${x + 35} ${y}Q${x + 70} ${y + 14} ${x + 70} ${y + 34}V${y + 92}Z`,
      colour,
    ) +
    line(`M${x + 35} ${y + 10}V${y + 90}`, '#2b1a12', 3) +
    disc(x + 46, y + 56, 5, '#f2cf7a') +
    disc(x + 24, y + 56, 5, '#f2cf7a')
  );
}
