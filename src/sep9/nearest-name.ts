import { fieldAliases, sep9Fields } from './catalogue.ts';

/** More slips than that are another word. */
const maxDistance = 2;

/** The SEP-9 field, in either spelling, that a name was probably meant to be; undefined when none is near. A name of up to four letters has one slip at most. */
export function nearestField(name: string): string | undefined {
  return nearestName(name, [...sep9Fields.keys(), ...fieldAliases.keys()]);
}

/** The nearest of these names, the first of those that are equally near; undefined when none is near. */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const limit = name.length > 4 ? maxDistance : 1;
  let nearest: { readonly known: string; readonly distance: number } | undefined;
  for (const known of names) {
    if (Math.abs(known.length - name.length) > limit) continue;
    const distance = distanceOf(name.toLowerCase(), known.toLowerCase());
    if (distance <= limit && distance < (nearest?.distance ?? limit + 1)) nearest = { known, distance };
  }
  return nearest?.known;
}

/**
 * How many letters were left out, added, replaced or swapped with their neighbour.
 * @see Damerau-Levenshtein, in the form of optimal string alignment
 */
function distanceOf(one: string, other: string): number {
  let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, current];
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
