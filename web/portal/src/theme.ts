import { type CSSVariablesResolver, createTheme, darken } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 9 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, sans-serif',
  headings: { fontWeight: '650' },
});

const light = '-light-color';

/** What text on a tint and text beside text look like: each has 4.5:1 in both schemes (WCAG 2.2, 1.4.3). */
export const contrasts: CSSVariablesResolver = ({ colors }) => {
  const onTint = Object.entries(colors).map(([name, shades]) => [`--mantine-color-${name}${light}`, darken(shades[9], 0.35)]);
  return {
    variables: {},
    light: { ...Object.fromEntries(onTint), '--mantine-color-dimmed': '#4f565d', '--mantine-color-placeholder': '#5c636a', '--mantine-color-error': '#b02525' },
    dark: { '--mantine-color-dimmed': '#a9adb3', '--mantine-color-placeholder': '#a0a4aa', '--mantine-color-error': '#ff9d9d' },
  };
};
