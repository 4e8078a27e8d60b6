import type { CatalogueUser } from './catalogue.js';

const COLOURS = ['#1f6f5c', '#8a4b12', '#2d5aa0', '#7a2f5d', '#4a5b1c'] as const;

/** A user's initials on a coloured disc, as SVG. Names come from the catalogue, but are escaped all the same. */
export function avatarSvg(user: CatalogueUser): string {
  const initials = escapeXml(`${user.firstName.slice(0, 1)}${user.lastName.slice(0, 1)}`);
  const colour = COLOURS[[...String(user.id)].reduce((sum, digit) => sum + digit.charCodeAt(0), 0) % COLOURS.length];
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">',
    `<circle cx="32" cy="32" r="32" fill="${colour}"/>`,
    '<text x="32" y="41" text-anchor="middle" font-family="sans-serif" font-size="26" fill="#fff">',
    `${initials}</text></svg>`,
  ].join('');
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
