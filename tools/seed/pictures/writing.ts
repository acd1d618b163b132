/** Pictures of a pen, ink, pencils, sealing wax and cards. */
import { at, box, disc, leaf, line, oval, type Pictures, path, shade, times } from './canvas.ts';

const ebonite = '#23201f';
const ink = '#1d3f66';
const wax = '#a8242a';
const stock = '#f6efdf';
const lacquers = [
  '#b8392f',
  '#d9703f',
  '#e3a53a',
  '#d8c84a',
  '#8fae3f',
  '#4f8a4a',
  '#2f8a7d',
  '#2f6f9e',
  '#3f4f9a',
  '#6f4a9a',
  '#a84a86',
  '#5a4a42',
];

export const writing: Pictures = {
  'magpie-fountain-pen': {
    wall: '#d8c19a',
    shadow: 0,
    shapes: [
      line('M150 690C260 600 250 740 330 690S420 650 500 700S640 690 690 650', ink, 9),
      at(
        'translate(196 640) rotate(45)',
        path('M0 0L-34 -96Q0 -120 34 -96Z', '#d8b15c'),
        line('M0 -10V-70', '#7a5a20', 4),
        disc(0, -76, 7, '#7a5a20'),
        path('M-30 -104H30L36 -190H-36Z', shade(ebonite, 0.12)),
        box(-42, -330, [84, 142, 12], ebonite),
        box(-42, -346, [84, 18], '#d8b15c'),
        path('M-46 -344H46V-590Q46 -640 0 -640Q-46 -640 -46 -590Z', ebonite),
        line('M-24 -210V-590', shade(ebonite, 0.35), 8),
        path('M22 -600Q60 -600 50 -420Q46 -400 38 -420L32 -580Z', '#d8b15c'),
        oval(0, -632, [22, 10], '#d8b15c'),
      ),
    ],
  },
  'night-harbour-ink': {
    wall: '#c6a3a0',
    shadow: 200,
    shapes: [
      box(312, 296, [176, 96, 14], '#1c1b1e'),
      times(9, (i) => line(`M${328 + i * 18} 306v76`, '#3c3b40', 5)),
      path(
        'M330 390H470V430L580 470Q600 478 600 500V660Q600 690 570 690H230Q200 690 200 660V500Q200 478 220 470L330 430Z',
        '#dfeaf0',
        'opacity=".9"',
      ),
      path('M216 520Q400 500 584 520V656Q584 676 564 676H236Q216 676 216 656Z', ink),
      path('M500 512L584 520V656Q584 676 564 676H470Z', shade(ink, -0.3)),
      box(286, 524, [228, 128, 6], stock),
      path('M330 606H470L446 634H354Z', '#7a3f2a'),
      path('M396 540V600H344Z', ink),
      path('M406 552V600H448Z', '#d9703f'),
      line('M300 640q16 -12 32 0t32 0t32 0t32 0t32 0t32 0', '#3c6a9e', 5),
      oval(630, 700, [66, 14], ink),
      disc(706, 708, 9, ink),
    ],
  },
  'twelve-cedar-pencils': {
    wall: '#9fb9a5',
    shadow: 230,
    shapes: [
      times(12, (i) => pencil(i)),
      path('M196 470H604V690H196Z', '#e8d5ac'),
      path('M196 470Q400 530 604 470V690H196Z', '#d9bf88'),
      box(290, 560, [220, 80, 8], '#7a3f2a'),
      path(
        'M330 620V584L346 570L362 584V620ZM384 620V584L400 570L416 584V620ZM438 620V584L454 570L470 584V620Z',
        '#f0d58a',
      ),
    ],
  },
  'wren-sealing-wax-set': {
    wall: '#8aa0a8',
    shadow: 260,
    shapes: [
      box(116, 420, [400, 270, 6], stock),
      path('M116 424L316 580L516 424Z', shade(stock, -0.12)),
      line('M120 424L316 580L512 424', shade(stock, -0.3), 5),
      path('M262 566Q286 530 326 544Q378 540 378 584Q384 630 334 638Q290 656 268 624Q240 600 262 566Z', wax),
      disc(320, 590, 38, shade(wax, -0.24)),
      path('M296 598Q300 576 322 578L346 564L338 586Q336 608 312 608L302 616Z', shade(wax, 0.4)),
      box(380, 660, [190, 30, 8], wax),
      line('M380 675H352', '#e9dcc0', 6),
      box(400, 628, [180, 30, 8], '#2f5d48'),
      line('M400 643H376', '#e9dcc0', 6),
      at(
        'translate(646 690)',
        box(-50, -30, [100, 30, 6], '#d8b15c'),
        path('M-36 -30H36L24 -90H-24Z', '#c09a45'),
        path(
          'M-24 -88C-64 -150 -38 -200 -28 -240C-72 -300 -38 -372 0 -372C38 -372 72 -300 28 -240C38 -200 64 -150 24 -88Z',
          '#b57b45',
        ),
        line('M-22 -330Q-34 -290 -12 -250', '#dca873', 9),
      ),
    ],
  },
  'letterpress-note-cards': {
    wall: '#b98f86',
    shadow: 260,
    shapes: [
      at(
        'rotate(-9 330 480)',
        box(130, 340, [420, 290, 8], '#cdb68e'),
        path('M130 346L340 510L550 346Z', shade('#cdb68e', -0.14)),
        line('M134 348L340 510L546 348', shade('#cdb68e', -0.3), 5),
      ),
      at(
        'rotate(7 450 440)',
        box(330, 196, [300, 430, 6], '#201810', 'opacity=".2"'),
        box(322, 186, [300, 430, 6], stock),
        line('M472 570Q462 420 490 260', '#3f6b4a', 7),
        times(
          8,
          (i) =>
            at(`translate(${470 + i * 2} ${540 - i * 34}) rotate(-58)`, leaf(92 - i * 9, '#4f8058')) +
            at(`translate(${470 + i * 2} ${540 - i * 34}) rotate(62)`, leaf(92 - i * 9, '#4f8058')),
        ),
      ),
    ],
  },
};

function pencil(index: number): string {
  const x = 204 + index * 33.2;
  const top = 300 - Math.round(60 * Math.sin((index + 0.5) * 0.26)) - (index % 3) * 16;
  const colour = lacquers[index]!;
  return (
    path(`M${x} ${top}h29v260h-29Z`, colour) +
    path(`M${x + 19} ${top}h10v260h-10Z`, shade(colour, -0.22)) +
    path(`M${x} ${top}L${x + 14.5} ${top - 62}L${x + 29} ${top}Z`, '#e6c79a') +
    path(`M${x + 9} ${top - 38}L${x + 14.5} ${top - 62}L${x + 20} ${top - 38}Z`, '#3a3a3e')
  );
}
