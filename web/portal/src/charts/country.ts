import { useMemo } from 'react';
import { useLanguage } from '../text';

/** Names countries by their ISO 3166-1 alpha-2 codes, in the reader's language. */
export function useCountryName(): (code: string) => string {
  const { language } = useLanguage();
  return useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: 'region' });
    return (code) => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code);
  }, [language]);
}
