import { nearest } from '@fairlead/domain';

/** Names of today that Intl knows but lists under older ones (ICU keeps Asia/Calcutta for Asia/Kolkata). */
const RENAMED = [
  'UTC',
  'America/Argentina/Buenos_Aires',
  'America/Indiana/Indianapolis',
  'America/Nuuk',
  'Asia/Ho_Chi_Minh',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Yangon',
  'Atlantic/Faroe',
  'Europe/Kyiv',
];

/**
 * Abbreviations that ICU takes though they are no IANA names, and not for what most people mean: BST is the time of
 * Bangladesh there, IST that of India, PST changes to daylight-saving time.
 */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(' '),
);

const MOST_OFFERED = 3;
/** No name is longer. */
const LONGEST = 40;

export const isAbbreviation = (name: string): boolean =>
  ABBREVIATIONS.has(name.toUpperCase()) || /^SystemV\//i.test(name);

/** What to write instead of a name that is no zone. */
export function adviceOnZone(name: string): string {
  if (name.trim() === '') return 'name a place, such as Europe/Berlin, or UTC';
  if (/[+-]\d/.test(name))
    return 'an offset cannot follow daylight-saving time: name a place, such as Europe/Berlin, or UTC';
  if (/^[A-Z]{1,5}$/.test(name)) return 'an abbreviation may mean several: name a place, such as Europe/Berlin, or UTC';
  return `did you mean ${similarZones(name).join(' or ')}?`;
}

/** Zones that have the text in their name, else the one with the nearest name or city. */
function similarZones(name: string): string[] {
  const text = name.trim().toLowerCase().replaceAll(' ', '_').slice(0, LONGEST);
  const zones = [...RENAMED, ...Intl.supportedValuesOf('timeZone')];
  const holding = zones.filter((zone) => zone.toLowerCase().includes(text));
  if (holding.length > 0) return holding.slice(0, MOST_OFFERED);
  const byWord = new Map(zones.flatMap((zone) => [zone, cityOf(zone)].map((word) => [word.toLowerCase(), zone])));
  return [byWord.get(nearest(text, [...byWord.keys()])) ?? 'UTC'];
}

const cityOf = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1);
