import { useComputedColorScheme } from '@mantine/core';

export type Tone = 'teal' | 'blue' | 'amber' | 'red' | 'violet' | 'grey';

/** Each tone has 3:1 against what it is drawn on, in both schemes (WCAG 2.2, 1.4.11). */
const palettes = {
  light: {
    tones: { teal: '#0b7a66', blue: '#1c6fd0', amber: '#a85800', red: '#c92a2a', violet: '#7b3fc4', grey: '#5c636a' },
    text: '#4f565d', grid: '#e3e6e9', land: '#e4e7ea', border: '#ffffff', few: '#2f9e8f', many: '#00382f',
  },
  dark: {
    tones: { teal: '#38d9a9', blue: '#74c0fc', amber: '#ffc078', red: '#ff8787', violet: '#b197fc', grey: '#adb5bd' },
    text: '#a9adb3', grid: '#424242', land: '#4a4a4a', border: '#2e2e2e', few: '#3cb69c', many: '#c3fae8',
  },
} as const;

export type Palette = (typeof palettes)[keyof typeof palettes];

export const usePalette = (): Palette => palettes[useComputedColorScheme()];

const tones: Tone[] = ['teal', 'blue', 'amber', 'red', 'violet', 'grey'];
const dashes: number[][] = [[], [8, 4], [2, 3], [12, 3, 2, 3], [5, 2, 1, 2], [1, 5]];

/** How the nth of several lines is drawn where it names no tone: each with a stroke of its own, for who can't tell colours. */
export const toneOf = (n: number): Tone => tones[n % tones.length]!;
export const dashOf = (n: number): number[] => dashes[n % dashes.length]!;
