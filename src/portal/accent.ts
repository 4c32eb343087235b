/** The backgrounds of the themes' notes, which are harder to stand out from than those of their pages. */
export const noteGrounds = { light: '#eef3fb', dark: '#1f2732' } as const;

/** WCAG 2.2 asks for 4.5 (1.4.3); a little more, for rounding. */
const enough = 4.6;

/** A colour as it can be used: as it is or as near as can be read, for links and buttons; and what is written on it. */
export interface Accent {
  readonly colour: string;
  readonly text: string;
}

/** The anchor's colour (`#rrggbb`) for a theme: darker on light and lighter on dark, until it can be read there. */
export function accentOf(brand: string, theme: keyof typeof noteGrounds): Accent {
  const towards = theme === 'light' ? 0 : 255;
  let rgb = toRgb(brand);
  for (let step = 0; step < 100 && contrast(rgb, toRgb(noteGrounds[theme])) < enough; step++)
    rgb = rgb.map((part) => part + (towards - part) * 0.05);
  const text = contrast(rgb, toRgb('#ffffff')) >= enough ? '#ffffff' : '#000000';
  return { colour: `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`, text };
}

function toRgb(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** @see WCAG 2.2, contrast ratio */
function contrast(one: readonly number[], other: readonly number[]): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** @see WCAG 2.2, relative luminance */
function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
