/** `1 network`, `2 networks`. @param noun one that takes an s */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
