/** A closed book seen from the front: spine on the left, pages on the right, a title above whatever is on its cover. */
import { box, line, path, shade, words } from './canvas.ts';

/** The cover's inner field runs from x 262 to 570 and from y 330 to 650; titles are at most three lines. */
export type Cover = { cloth: string; ink: string; title: string[]; author: string; emblem: string[] };

export function book({ cloth, ink, title, author, emblem }: Cover): string[] {
  return [
    path('M226 166H586L606 186V690H246Z', shade(cloth, -0.45)),
    path('M560 170H592L600 182V682H580Z', '#f2e8d0'),
    line('M588 182V680', '#d8cba8', 3),
    box(206, 150, [376, 532, 8], cloth),
    box(206, 150, [42, 532, 8], shade(cloth, -0.24)),
    box(268, 170, [296, 492, 4], 'none', `stroke="${ink}" stroke-width="4" opacity=".7"`),
    ...title.map((row, index) => words(row, [416, 226 + index * 42, 35], ink)),
    words(author, [416, 642, 23], ink),
    ...emblem,
  ];
}
