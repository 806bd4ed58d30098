import { useMemo } from 'react';
import { useLanguage } from '../text';

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const none = /^(EU|EZ|QO|UN|X[AB]|ZZ)$/; // unions, and codes for no country

/** Every country by its ISO 3166-1 alpha-2 code, in order of its name in the reader's language. */
export function useCountries(): [code: string, name: string][] {
  const { language } = useLanguage();
  return useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => !none.test(code) && Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`);
    return codes
      .map((code): [string, string] => [code, names.of(code) ?? ''])
      .filter(([, name]) => name !== '')
      .sort(([, a], [, b]) => a.localeCompare(b, language));
  }, [language]);
}
