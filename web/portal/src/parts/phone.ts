import { useMediaQuery } from '@mantine/hooks';

/** Whether the page is as narrow as on a phone. */
export const usePhone = () => useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false }) ?? false;
